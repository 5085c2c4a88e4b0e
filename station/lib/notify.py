"""Messages to people: a text template, and a backend that hands it on.

A provider is one small class with one method. `send` belongs in `transaction.on_commit` and never raises: a message
that does not go out must not take a booking with it. Logs name the kind of a message and a masked phone, never its
text: a sign-in code in a log is a sign-in for whoever reads the log.
"""

import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from station.lib.people import mask_phone

logger = logging.getLogger(__name__)

_KIND = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Message:
    """What to say to whom: `kind` names `templates/messages/<kind>.txt`, `context` fills it.

    Raises ValueError without a recipient or with a kind that cannot be a file of that folder.
    """

    kind: str
    to_phone: str = field(default="", repr=False)
    to_user_uid: uuid.UUID | None = None
    context: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise ValueError("A message kind is lower-case letters, digits and underscores.")
        if not self.to_phone and self.to_user_uid is None:
            raise ValueError("A message needs a phone or a user.")


@dataclass(frozen=True)
class RenderedMessage:
    """A message in its final words. Phone and body stay out of repr, and so out of tracebacks and logs."""

    kind: str
    to_phone: str = field(repr=False)
    to_user_uid: uuid.UUID | None
    body: str = field(repr=False)


class Backend:
    """Hands messages to a provider. Subclass it, name the class in NOTIFY_BACKEND."""

    def send(self, message: RenderedMessage) -> None:
        """Deliver or raise; whatever is raised is logged by its type only."""
        raise NotImplementedError


class ConsoleBackend(Backend):
    """Delivers nothing and says so in the log."""

    def send(self, message: RenderedMessage) -> None:
        logger.info("message %s for %s not delivered: console backend", message.kind, _masked(message))


class MemoryBackend(Backend):
    """Keeps messages in `outbox`, for tests."""

    def send(self, message: RenderedMessage) -> None:
        outbox.append(message)


class DatabaseBackend(Backend):
    """Writes a row of NOTIFY_OUTBOX_MODEL, for a sender process or a person to deliver."""

    def send(self, message: RenderedMessage) -> None:
        model = apps.get_model(settings.NOTIFY_OUTBOX_MODEL)
        # A savepoint: should the row be refused inside a transaction, that transaction stays usable.
        with transaction.atomic():
            model.objects.create(kind=message.kind, to_phone=message.to_phone, body=message.body)


outbox: list[RenderedMessage] = []
_silenced: ContextVar[bool] = ContextVar("silenced", default=False)


def render(message: Message) -> RenderedMessage:
    """The message in the active language. Raises TemplateDoesNotExist for an unknown kind."""
    body = render_to_string(f"messages/{message.kind}.txt", dict(message.context)).strip()
    return RenderedMessage(kind=message.kind, to_phone=message.to_phone, to_user_uid=message.to_user_uid, body=body)


@contextmanager
def silenced() -> Iterator[None]:
    """Within this block nothing is sent: for invented people, whose invented phones may be somebody's."""
    token = _silenced.set(True)
    try:
        yield
    finally:
        _silenced.reset(token)


def send(message: Message) -> bool:
    """Render and hand over; True when the backend took it. Never raises."""
    if _silenced.get():
        return False
    try:
        backend: Backend = import_string(settings.NOTIFY_BACKEND)()
        backend.send(render(message))
    # Any provider may fail in any way. Its own words may quote the phone or the text, so only the type is logged.
    except Exception as error:
        logger.error("message %s for %s failed: %s", message.kind, _masked(message), type(error).__name__)
        return False
    return True


def _masked(message: Message | RenderedMessage) -> str:
    """138****1234, or the user's public id."""
    return mask_phone(message.to_phone) or f"user {message.to_user_uid}"
