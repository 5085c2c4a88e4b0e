"""Reading a roster's cells back: from the text of a cell to the fields it fills in.

A reader is ``read(text, known) -> {field: value}``; the text is not blank. It raises ValidationError, worded without
the text itself, for nobody knows what was put into the wrong column.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from ledger.models import Enterprise
from station.lib.cells import (
    canonical,
    chinese_number,
    folded,
    half_width,
    is_rounded,
    read_count,
    read_date,
    read_yes_no,
)
from station.lib.people import normalize_name

Reader = Callable[[str, "Known"], dict[str, Any]]

_NUMBER_IN_TEXT = re.compile("[0-9]+")
_CHINESE_GRID = re.compile("([零〇一二三四五六七八九两十]+)号?网格")
_REMARK = re.compile(r"[:：,，;；(（]")


@dataclass
class Known:
    """What cells may name besides their own row, looked up beforehand for the whole file."""

    grids: Mapping[int, Any] = field(default_factory=dict)  # by number
    employers: Mapping[str, list[Enterprise]] = field(default_factory=dict)  # by `employer_key`


def every_language(text: Callable[[], Any]) -> set[str]:
    """What `text()` says in each language of the site: a file may have been exported in another than it is read in."""
    said = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said.add(str(text()))
    return said


class Choices:
    """The values of a choice by every way to write them. Prepared on first use: labels wait for their language."""

    def __init__(self, choices, words: Mapping[str, str]):
        self.choices, self.words = tuple(choices), words

    @cached_property
    def by_word(self) -> dict[str, str]:
        by_word = {folded(word): value for value, words in self.words.items() for word in words.split()}
        for value, label in self.choices:
            by_word |= dict.fromkeys({folded(value), *map(folded, every_language(lambda label=label: label))}, value)
        return by_word

    def find(self, text: str) -> str | None:
        return self.by_word.get(folded(text))

    def read(self, text: str) -> str:
        value = self.find(text)
        if value is None:
            labels = "、".join(str(label) for _value, label in self.choices)
            raise ValidationError(_("认不出这个写法，可以写：%(labels)s。"), "choice", {"labels": labels})
        return value


def field_reader(model: type[models.Model], name: str) -> Reader:
    """A reader for a field of text, a day or a number."""
    kind = model._meta.get_field(name)
    if isinstance(kind, models.DateField):
        return lambda text, known: {name: read_date(text)}
    if isinstance(kind, models.IntegerField):
        return lambda text, known: {name: read_count(text)}
    return lambda text, known: {name: canonical(text)}


def code_reader(name: str) -> Reader:
    """A reader for a number of many digits, which spreadsheets like to round."""

    def read(text, known):
        if is_rounded(text):
            raise ValidationError(_("表格软件把号码改成了科学计数法，请把这一列设成文本，重新填号码。"), "rounded")
        return {name: canonical(text)}

    return read


def choice_reader(model: type[models.Model], name: str, words: Mapping[str, str]) -> Reader:
    """A reader for a choice. `words` maps a value to other ways to write it, divided by blanks."""
    choices = Choices(model._meta.get_field(name).flatchoices, words)
    return lambda text, known: {name: choices.read(text)}


def yes_no_reader(name: str, *, yes, no) -> Reader:
    """A reader for yes or no, in the column's own two words or any usual ones."""

    @cache
    def own_words():
        return dict.fromkeys(map(folded, every_language(lambda: yes)), True) | dict.fromkeys(
            map(folded, every_language(lambda: no)), False
        )

    def read(text, known):
        own = own_words().get(folded(text))
        return {name: read_yes_no(text) if own is None else own}

    return read


def read_grid(text: str, known: Known) -> dict[str, Any]:
    """第1网格, 1, 1网格, 01, 第十二网格."""
    plain = half_width(text)
    numbers = [int(digits[:4]) for digits in _NUMBER_IN_TEXT.findall(plain)]
    if not numbers and (match := _CHINESE_GRID.search(plain)):
        numbers = [chinese_number(match[1])]
    if len(numbers) != 1 or numbers[0] is None:
        raise ValidationError(_("认不出是哪个网格，请写成“第1网格”。"), "grid")
    if numbers[0] not in known.grids:
        there = "、".join(map(str, sorted(known.grids)))
        raise ValidationError(_("本社区没有这个网格，有的是：%(numbers)s。"), "grid", {"numbers": there or "—"})
    return {"grid": known.grids[numbers[0]]}


def employer_key(text: str) -> str:
    """How an employer is looked up: his number in capitals, or his name as it is stored."""
    try:
        return normalize_name(half_width(text)).upper()
    except ValidationError:
        return ""


def read_employer(text: str, known: Known) -> dict[str, Any]:
    """The one enterprise of this number or exactly this name: of those on the roster, else of those that have left."""
    found = known.employers.get(employer_key(text), [])
    active = [enterprise for enterprise in found if enterprise.state == Enterprise.State.ACTIVE]
    found = active or found
    if not found:
        raise ValidationError(_("台账里没有这家企业：请先登记或导入企业，名称要一字不差，或者写企业编号。"), "employer")
    if len(found) > 1:
        numbers = "、".join(sorted(enterprise.number for enterprise in found))
        raise ValidationError(_("同名的企业不止一家，请写企业编号：%(numbers)s。"), "employer", {"numbers": numbers})
    return {"employer": found[0]}


_party_organisations = Choices(
    Enterprise.PartyOrganisation.choices,
    {
        "own": "单独 单建 已单独组建 独立组建 单独成立",
        "joint": "联合 联建 已联合组建 联合成立",
        "instructor": "指导员 派指导员 派驻指导员 已选派指导员 选派党建指导员",
        "none": "无 没有 未建 未建立 没有组建 未成立 否",
    },
)


def read_party_organisation(text: str, known: Known) -> dict[str, Any]:
    """A kind of organisation, or that there is none and why not: 未组建：党员不足三名."""
    none = Enterprise.PartyOrganisation.NONE.value
    head, sign, reason = text, "", ""
    if match := _REMARK.search(text):
        head, sign, reason = text[: match.start()], match[0], canonical(text[match.end() :])
    if sign in ("(", "（"):
        reason = reason.rstrip(")）").rstrip()
    if _party_organisations.find(head) == none and reason:
        return {"party_organisation": none, "no_party_reason": reason}
    return {"party_organisation": _party_organisations.read(text if _party_organisations.find(text) else head)}
