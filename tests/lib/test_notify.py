"""Messages: the words, the way out, and what the log may know."""

import logging
import uuid

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import transaction

from station.lib import notify
from station.lib.notify import Backend, Message, render, send

PHONE = "13812341234"
CODE = "902134"


@pytest.fixture(autouse=True)
def memory(settings):
    settings.NOTIFY_BACKEND = "station.lib.notify.MemoryBackend"
    notify.outbox.clear()
    yield
    notify.outbox.clear()


def sign_in_code():
    return Message("sign_in_code", to_phone=PHONE, context={"code": CODE, "minutes": 5})


class Quoting(Backend):
    """A provider whose error quotes everything it got."""

    def send(self, message):
        raise ConnectionError(f"{message.to_phone}: {message.body}")


class Unfinished(Backend):
    pass


def test_the_words_of_a_sign_in_code():
    assert render(sign_in_code()).body == "【暖心驿站】验证码 902134，5 分钟内有效。请勿告诉他人。"


def test_text_is_not_html():
    message = Message("sign_in_code", to_phone=PHONE, context={"code": "<&'>", "minutes": 5})
    assert "验证码 <&'>，" in render(message).body


def test_memory_keeps_what_was_sent():
    assert send(sign_in_code()) is True
    [sent] = notify.outbox
    assert (sent.kind, sent.to_phone) == ("sign_in_code", PHONE)
    assert CODE in sent.body


def test_console_names_the_kind_and_a_masked_phone_only(settings, caplog):
    settings.NOTIFY_BACKEND = "station.lib.notify.ConsoleBackend"
    caplog.set_level(logging.DEBUG)
    assert send(sign_in_code()) is True
    assert [record.getMessage() for record in caplog.records] == [
        "message sign_in_code for 138****1234 not delivered: console backend"
    ]


@pytest.mark.parametrize(
    ("message", "backend", "logged"),
    [
        (sign_in_code(), f"{__name__}.Quoting", "message sign_in_code for 138****1234 failed: ConnectionError"),
        (sign_in_code(), f"{__name__}.Unfinished", "message sign_in_code for 138****1234 failed: NotImplementedError"),
        (sign_in_code(), "no.such.Backend", "message sign_in_code for 138****1234 failed: ModuleNotFoundError"),
        (
            Message("no_such_kind", to_phone="12345"),
            "station.lib.notify.MemoryBackend",
            "message no_such_kind for **** failed: TemplateDoesNotExist",
        ),
    ],
)
def test_a_failure_is_logged_without_personal_data_and_breaks_nothing(message, backend, logged, settings, caplog):
    settings.NOTIFY_BACKEND = backend
    caplog.set_level(logging.DEBUG)
    assert send(message) is False
    assert [record.getMessage() for record in caplog.records] == [logged]
    assert PHONE not in caplog.text
    assert CODE not in caplog.text


def test_a_user_without_phone_is_named_by_public_id(settings, caplog):
    settings.NOTIFY_BACKEND = "station.lib.notify.ConsoleBackend"
    caplog.set_level(logging.INFO)
    uid = uuid.UUID(int=7)
    send(Message("sign_in_code", to_user_uid=uid))
    assert f"for user {uid} not delivered" in caplog.text


def test_phone_text_and_context_stay_out_of_repr():
    assert PHONE not in repr(sign_in_code()) + repr(render(sign_in_code()))
    assert CODE not in repr(sign_in_code()) + repr(render(sign_in_code()))


@pytest.mark.parametrize("kind", ["", "../settings", "Sign", "sign-in", "a.b", "a\n"])
def test_a_kind_is_a_file_name_of_the_folder_and_nothing_else(kind):
    with pytest.raises(ValueError, match="message kind"):
        Message(kind, to_phone=PHONE)


def test_a_message_needs_a_recipient():
    with pytest.raises(ValueError, match="phone or a user"):
        Message("sign_in_code")


@pytest.mark.django_db
def test_database_backend_writes_one_row(settings):
    settings.NOTIFY_BACKEND = "station.lib.notify.DatabaseBackend"
    assert send(sign_in_code()) is True
    row = apps.get_model(django_settings.NOTIFY_OUTBOX_MODEL).objects.get()
    assert (row.kind, row.to_phone, row.sent_at) == ("sign_in_code", PHONE, None)
    assert row.body == "【暖心驿站】验证码 902134，5 分钟内有效。请勿告诉他人。"


def refused_booking():
    with transaction.atomic():
        transaction.on_commit(lambda: send(sign_in_code()))
        raise LookupError("no place left")


@pytest.mark.django_db
def test_on_commit_sends_after_success_and_not_after_rollback(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        transaction.on_commit(lambda: send(sign_in_code()))
        assert notify.outbox == []
    assert len(notify.outbox) == 1
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(LookupError):
        refused_booking()
    assert len(notify.outbox) == 1
