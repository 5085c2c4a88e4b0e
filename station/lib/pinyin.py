"""Finding Chinese names by the letters people type: full pinyin and initials, kept beside the name."""

from django.db import models
from django.db.models.query_utils import DeferredAttribute
from pypinyin import Style, lazy_pinyin


def pinyin_of(text: str) -> str:
    """What a name is found by: ``lanyuanyizhan lyyz``. Letters and digits stay, other characters go."""
    full = "".join(lazy_pinyin(text, errors=_latin))
    initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors=_latin))
    return f"{full} {initials}".lower() if full else ""


def _latin(characters: str) -> str:
    return "".join(c for c in characters if c.isascii() and c.isalnum())


class PinyinAttribute(DeferredAttribute):
    """Computed from its source whenever that is at hand, so that it cannot go stale in an instance."""

    def __get__(self, instance, cls=None):
        if instance is not None and self.field.source in instance.__dict__:
            return pinyin_of(instance.__dict__[self.field.source] or "")[: self.field.max_length]
        return super().__get__(instance, cls)

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class PinyinField(models.CharField):
    """The pinyin of another field of the row, always computed, never assigned."""

    descriptor_class = PinyinAttribute

    def __init__(self, *args, source: str, **kwargs):
        self.source = source
        super().__init__(*args, **{"max_length": 400, "blank": True, "editable": False} | kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance, add):
        value = getattr(model_instance, self.attname)
        setattr(model_instance, self.attname, value)
        return value
