"""Personal data at rest: encrypted text columns, blind indexes to find them again, keyed digests.

An ``EncryptedTextField`` stores ``v1:<key id>:<base64url(nonce + ciphertext)>``: AES-256-GCM with a random
96-bit nonce (NIST SP 800-38D: at most 2**32 values under one key) and the additional data
``<label>.<uid of the row>``, so a value moved to another column or row does not decrypt. The keys come from
``settings.FIELD_KEYS``: the first one encrypts, all of them decrypt.

A ``BlindIndexField`` stores a truncated HMAC of another field under ``settings.BLIND_INDEX_KEY``. That is what
queries, unique constraints and joins between people use. 128 bits: among ten million different values the
chance that any two share an index is about 1.5e-25. Equal values have equal indexes, on purpose; whoever holds a dump
sees which rows are equal, and nothing more.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models.expressions import F, Value
from django.db.models.lookups import Exact
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import pre_save
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

_NONCE_BYTES = 12
_TOKEN = re.compile(r"v1:(?P<key_id>[A-Za-z0-9_-]+):(?P<payload>[A-Za-z0-9_-]+={0,2})")
_INDEX_LENGTH = 32  # hex digits


class DecryptionError(Exception):
    """A stored value does not belong to this row and column, was altered, or its key is gone."""


class Token(str):
    """The stored form of an encrypted value, to tell it from a text that merely looks like one."""

    __slots__ = ()


class RowText(str):
    """A decrypted text that remembers its place.

    ``QuerySet.bulk_update`` and fixtures hand a field its value without the row; with the place at hand it can
    still be encrypted for that row. Everywhere else this is a plain ``str``, and copies and pickles as one.
    """

    __slots__ = ("label", "token", "uid")

    def __new__(cls, text: str, label: str, uid: UUID, token: Token | None):
        row_text = super().__new__(cls, text)
        row_text.label, row_text.uid, row_text.token = label, uid, token
        return row_text

    def __reduce__(self):
        return str, (str(self),)


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _uuid(uid: UUID | str) -> UUID:
    return uid if isinstance(uid, UUID) else UUID(str(uid))


def _additional_data(label: str, uid: UUID | str) -> bytes:
    return f"{label}.{_uuid(uid)}".encode()


def _current_key_id() -> str:
    return next(iter(settings.FIELD_KEYS))


def encrypt(text: str, *, label: str, uid: UUID | str) -> Token:
    """Return the stored form of ``text`` for the column ``label`` of the row ``uid``, under the first key."""
    key_id = _current_key_id()
    nonce = os.urandom(_NONCE_BYTES)
    ciphertext = _cipher(settings.FIELD_KEYS[key_id]).encrypt(nonce, text.encode(), _additional_data(label, uid))
    return Token(f"v1:{key_id}:{base64.urlsafe_b64encode(nonce + ciphertext).decode()}")


def decrypt(token: str, *, label: str, uid: UUID | str) -> str:
    """Return the text of a stored form. Raises DecryptionError; its message never holds data."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise DecryptionError(f"{label}: not a stored form")
    key = settings.FIELD_KEYS.get(match["key_id"])
    if key is None:
        raise DecryptionError(f"{label}: no key with the id {match['key_id']}")
    try:
        # Only characters of the alphabet are left; urlsafe_b64decode would take twice the time.
        payload = binascii.a2b_base64(match["payload"].replace("-", "+").replace("_", "/"))
        plain = _cipher(key).decrypt(payload[:_NONCE_BYTES], payload[_NONCE_BYTES:], _additional_data(label, uid))
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise DecryptionError(f"{label}: altered, or of another row or column") from error
    return plain.decode()


def blind_index(label: str, text: str) -> str:
    """Return the 32 hex digits under which ``text`` is found in every blind index of this label."""
    message = f"{label}\0{text}".encode()
    return hmac.new(settings.BLIND_INDEX_KEY, message, hashlib.sha256).hexdigest()[:_INDEX_LENGTH]


def hmac_digest(purpose: str, text: str) -> str:
    """Return 64 hex digits, keyed by SECRET_KEY and ``purpose``: for sign-in codes and device tokens."""
    return salted_hmac(f"station.lib.crypto.{purpose}", text, algorithm="sha256").hexdigest()


class EncryptedAttribute(DeferredAttribute):
    """Keeps the stored form in the instance and decrypts it on each read, so what is not read stays secret."""

    def __get__(self, instance, cls=None):
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[n for n in ("uid", self.field.attname) if n not in instance.__dict__])
        stored = instance.__dict__[self.field.attname]
        if not isinstance(stored, str) or stored == "":
            return stored
        label, uid = self.field.label, _uuid(instance.uid)
        if isinstance(stored, Token):
            return RowText(decrypt(stored, label=label, uid=uid), label, uid, stored)
        return RowText(stored, label, uid, None)

    def __set__(self, instance, value):
        if isinstance(value, str) and not isinstance(value, Token):
            value = self._unchanged_token(instance, value) or str(value)
        instance.__dict__[self.field.attname] = value

    def _unchanged_token(self, instance, text: str) -> Token | None:
        """Return the stored form that already says ``text``: an unchanged value is not encrypted anew."""
        if isinstance(text, RowText) and (text.label, text.uid) == (self.field.label, instance.__dict__.get("uid")):
            return text.token
        current = instance.__dict__.get(self.field.attname)
        if not isinstance(current, Token) or "uid" not in instance.__dict__:
            return None
        try:
            return current if decrypt(current, label=self.field.label, uid=instance.uid) == text else None
        except DecryptionError:
            return None  # assigning a new value is how an unreadable one is repaired


class EncryptedTextField(models.CharField):
    """Text that is readable only through an instance of its row; see the module's docstring.

    ``label`` names the column for ever ("ledger.worker.phone"): a renamed model, or its historical model, keeps
    it. The model needs ``uid = UUIDField(default=uuid4, unique=True, editable=False)``; load it together with
    this field in ``only()``. ``max_length`` counts characters of the plain text.

    ``values()``, ``values_list()`` and ``dumpdata`` give the stored form, never the text. Lookups other than
    ``isnull`` raise FieldError. ``QuerySet.update(field="text")`` raises FieldError: it knows no row.
    """

    descriptor_class = EncryptedAttribute

    def __init__(self, *args, label: str, max_length: int, multiline: bool = False, **kwargs):
        self.label = label
        self.multiline = multiline
        super().__init__(*args, max_length=max_length, **kwargs)
        self.validators.append(ProhibitNullCharactersValidator())

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["label"] = self.label
        if self.multiline:
            kwargs["multiline"] = True
        return name, path, args, kwargs

    def check(self, **kwargs):
        errors = super().check(**kwargs)
        try:
            self.model._meta.get_field("uid")
        except FieldDoesNotExist:
            errors.append(checks.Error("An EncryptedTextField needs a field 'uid' beside it.", obj=self, id="lib.E001"))
        if self.unique or self.db_index:
            errors.append(
                checks.Error(
                    "An index on random ciphertext finds nothing; add a BlindIndexField.", obj=self, id="lib.E002"
                )
            )
        return errors

    def get_internal_type(self):
        return "TextField"

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise FieldError(f"'{self.name}' is encrypted: filter on its BlindIndexField with blind_index() instead.")
        return super().get_lookup(lookup_name)

    def from_db_value(self, value, expression, connection):
        return Token(value) if value else value

    def to_python(self, value):
        """Accept plain text, and the stored form as ``value_to_string`` wrote it into a fixture."""
        if isinstance(value, str) and not isinstance(value, RowText) and _TOKEN.fullmatch(value):
            return Token(value)
        return super().to_python(value)

    def clean(self, value, model_instance):
        """Validate plain text; unlike ``to_python`` never take what somebody typed for a stored form."""
        value = super().to_python(value)
        self.validate(value, model_instance)
        self.run_validators(value)
        return value

    def get_prep_value(self, value):
        return value

    def get_db_prep_save(self, value, connection):
        if hasattr(value, "as_sql"):
            return super().get_db_prep_save(value, connection)
        if value is None or value == "" or isinstance(value, Token):
            return None if value is None else str(value)
        if isinstance(value, RowText) and value.label == self.label:
            return str(value.token or encrypt(value, label=value.label, uid=value.uid))
        raise FieldError(f"'{self.name}' is encrypted for one row: assign it to an instance and save that.")

    def pre_save(self, model_instance, add):
        value = getattr(model_instance, self.attname)
        if isinstance(value, RowText):
            # Reading has just proved that a token belongs to this row, so a copied row cannot carry away another's.
            value = value.token or encrypt(value, label=self.label, uid=value.uid)
            model_instance.__dict__[self.attname] = value
        return value

    def value_to_string(self, obj):
        value = self.pre_save(obj, add=False)
        return "" if value is None else str(value)

    def formfield(self, **kwargs):
        widget = kwargs.get("widget", forms.TextInput)
        if self.multiline and isinstance(widget, type) and issubclass(widget, forms.TextInput):
            kwargs["widget"] = forms.Textarea
        return super().formfield(**kwargs)


def reencrypt(instance: models.Model, field_name: str) -> bool:
    """Bring one stored value under the first key; True if the row was rewritten.

    Rewrites only what it has read (compare and swap in one UPDATE): a change made meanwhile wins and is under the
    first key anyway. Leaves no history row, for nothing changed. Raises DecryptionError.
    """
    field = instance._meta.get_field(field_name)
    old = instance.__dict__.get(field.attname)
    if not isinstance(old, Token) or old.startswith(f"v1:{_current_key_id()}:"):
        return False
    new = encrypt(decrypt(old, label=field.label, uid=instance.uid), label=field.label, uid=instance.uid)
    unchanged = Exact(F(field.attname), Value(str(old), output_field=models.TextField()))
    rows = type(instance)._base_manager.using(instance._state.db).filter(unchanged, pk=instance.pk)
    if not rows.update(**{field.attname: new}):
        return False
    instance.__dict__[field.attname] = new
    return True


def stored_index(instance: models.Model, name: str) -> str | None:
    """The blind index `name` as it was read with the row, without computing it anew from its source.

    For comparing rows just read; whoever has assigned to the row, or rotates keys, reads the attribute itself.
    """
    return instance.__dict__.get(name) or getattr(instance, name)


class BlindIndexAttribute(DeferredAttribute):
    """Computes the index from its source on each read; what was stored counts only while the source is deferred."""

    def __get__(self, instance, cls=None):
        if instance is not None and self.field.source in instance.__dict__:
            return self.field.digest(getattr(instance, self.field.source))
        return super().__get__(instance, cls)

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class BlindIndexField(models.CharField):
    """The blind index of another field of the row, always computed, never assigned; NULL where the source is blank.

    ``label`` names the kind of value, not the column: a phone has the same index on a user and on a worker.
    ``transform`` (a module-level function, or its dotted path) reduces the value first, as ``last_four`` does; an
    index over few possible values tells which rows share one, so index no more than people search for.

    Saving the source alone (``update_fields``, or the index deferred) raises FieldError, for the index would go
    stale. ``bulk_update`` cannot notice: name both fields there.
    """

    descriptor_class = BlindIndexAttribute

    def __init__(
        self,
        *args,
        source: str,
        label: str,
        transform: Callable[[str], str] | str | None = None,
        db_index: bool = True,
        **kwargs,
    ):
        self.source = source
        self.label = label
        self.transform = transform
        kwargs |= {"max_length": _INDEX_LENGTH, "null": True, "blank": True, "editable": False}
        super().__init__(*args, db_index=db_index, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "null", "blank", "editable", "db_index"):
            kwargs.pop(fixed, None)
        kwargs |= {"source": self.source, "label": self.label}
        if self.transform is not None:
            kwargs["transform"] = self.transform
        if not self.db_index:
            kwargs["db_index"] = False
        return name, path, args, kwargs

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        if not cls._meta.abstract:
            pre_save.connect(self._refuse_stale, sender=cls)

    def _refuse_stale(self, instance, update_fields, **kwargs):
        if update_fields is not None and self.source in update_fields and self.name not in update_fields:
            raise FieldError(f"Saving '{self.source}' without '{self.name}' would leave a stale index.")

    def digest(self, text: str | None) -> str | None:
        """Return the index of ``text``, as a query on this field needs it."""
        transform = import_string(self.transform) if isinstance(self.transform, str) else self.transform
        reduced = transform(text) if text and transform else text
        return blind_index(self.label, reduced) if reduced else None

    def pre_save(self, model_instance, add):
        value = getattr(model_instance, self.attname)
        setattr(model_instance, self.attname, value)
        return value
