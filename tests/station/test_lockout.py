"""Guessing a staff password: five failures, then a rest, for that name from that address."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

PASSWORD = "nuanxin-test-2026"
STAFF = "shequ-1"
HERE, ELSEWHERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def guess(community_admin):
    """``guess("x")``: tries a password for the community admin; returns the response."""
    community_admin.username = STAFF
    community_admin.set_password(PASSWORD)
    community_admin.save()

    def try_password(password, *, address=HERE, username=STAFF):
        form = {"username": username, "password": password, "next": "/admin/"}
        return Client().post("/admin/login/", form, REMOTE_ADDR=address)

    return try_password


def test_the_right_password_opens(guess):
    assert guess(PASSWORD).url == "/admin/"


def test_after_five_failures_even_the_right_password_gets_429(guess):
    assert [guess("wrong").status_code for _try in range(5)] == [200, 200, 200, 200, 429]
    locked = guess(PASSWORD)
    assert locked.status_code == 429
    assert "先歇一会儿再试" in locked.content.decode()
    assert guess(PASSWORD, address=ELSEWHERE).url == "/admin/"


def test_four_failures_are_forgiven_by_the_right_password(guess):
    for _round in range(2):
        assert [guess("wrong").status_code for _try in range(4)] == [200] * 4
        assert guess(PASSWORD).url == "/admin/"


def test_after_a_quarter_of_an_hour_it_opens_again(guess):
    for _try in range(5):
        guess("wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert guess(PASSWORD).url == "/admin/"


def test_a_name_that_does_not_exist_is_treated_alike(guess):
    assert [guess("wrong", username="nobody").status_code for _try in range(5)] == [200, 200, 200, 200, 429]
    pages = [guess("wrong", address=ELSEWHERE, username=name).content.decode() for name in ("nobody", STAFF)]
    hidden = [re.sub(rf'value="\w{{64}}"|nobody|{STAFF}', "", page) for page in pages]
    assert hidden[0] == hidden[1]


def test_no_password_is_kept(guess):
    guess("secret-guess-1")
    attempt = AccessAttempt.objects.get()
    assert "secret-guess-1" not in attempt.post_data + attempt.get_data


@pytest.mark.parametrize("username", ["", "\x00", "x" * 10_000, "名\u202e"])
def test_a_nonsense_name_is_no_failure_of_ours(guess, username):
    assert guess("x", username=username).status_code == 200
    assert guess("\x00", username="nobody").status_code == 200
    assert guess("x" * 100_000).status_code == 200


def test_riders_and_deactivated_staff_do_not_get_in(guess, rider, community_admin):
    assert guess("", username=rider.username).status_code == 200
    community_admin.is_active = False
    community_admin.save()
    assert guess(PASSWORD).status_code == 200
