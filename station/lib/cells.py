"""What people mean by what they type into a cell: dates, counts, yes and no, titles. Pure; texts in, values out."""

import re
import unicodedata
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from station.lib.tables import clean_text

YES = frozenset(["是", "有", "已", "已建", "建有", "已建立", "√", "✓", "✔", "y", "yes", "true", "t", "1"])
NO = frozenset(["否", "无", "没有", "未", "未建", "未建立", "不是", "×", "✗", "✘", "x", "n", "no", "false", "f", "0"])

TITLE_LENGTH = 100  # characters
FIRST_YEAR, LAST_YEAR = 1900, 2100
_EXCEL_DAY_ZERO = date(1899, 12, 30)  # counts the 29 February 1900 that spreadsheets believe in
_SERIAL = re.compile(r"([1-7][0-9]{4})(?:\.[0-9]+)?")  # 1927 to 2119
_WRITTEN_DATE = re.compile(
    r"([0-9]{4})\s*[-./年]\s*([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*日?(?:[T\s]+[0-9]{1,2}:[0-9:.]+)?"
)
_EIGHT_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_COUNT = re.compile(r"([0-9]{1,9})(?:\.0+)?\s*[人名个家位]?")
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_REMARK = re.compile(r"[(\[【（〔<《].*?[)\]】）〕>》]")
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_NUMBER = re.compile("[零〇一二三四五六七八九两十]{1,3}")


def canonical(text: str) -> str:
    """The text as it is compared: without what no table can hold, blanks of any kind as one."""
    return " ".join(clean_text(text).split())


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as half-width ones, without blanks at the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """A title or label as it is matched: no blanks, signs or remarks in brackets, small letters.

    ``姓 名（必填）*`` gives ``姓名``; what is nothing but a remark keeps it. Nobody writes a title beyond TITLE_LENGTH.
    """
    plain = half_width(text[:TITLE_LENGTH]).lower()
    bare = "".join(c for c in _REMARK.sub("", plain) if c.isalnum())
    return bare or "".join(c for c in plain if c.isalnum())


def is_masked(text: str) -> bool:
    """Whether somebody hid a part of it."""
    return "*" in half_width(text)


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet made a number of it and lost digits: 1.38E+10."""
    return bool(_ROUNDED.fullmatch(half_width(text)))


def read_date(text: str) -> date:
    """A day written 2026-8-16, 2026.8.16, 2026/8/16, 2026年8月16日, 20260816, or as a spreadsheet's number of days.

    Raises ValidationError.
    """
    plain = half_width(text)
    if match := _WRITTEN_DATE.fullmatch(plain) or _EIGHT_DIGITS.fullmatch(plain):
        year, month, day = map(int, match.groups())
        try:
            if FIRST_YEAR <= year <= LAST_YEAR:
                return date(year, month, day)
        except ValueError:
            pass  # the 30 February
    elif match := _SERIAL.fullmatch(plain):
        return _EXCEL_DAY_ZERO + timedelta(days=int(match[1]))
    raise ValidationError(_("认不出这个日期，请写成 2026-08-16 这样。"), "date")


def read_count(text: str) -> int:
    """A whole number, perhaps with 人 behind it. Raises ValidationError."""
    match = _COUNT.fullmatch(half_width(text).replace(",", ""))
    if match is None:
        raise ValidationError(_("请填整数。"), "count")
    return int(match[1])


def read_yes_no(text: str) -> bool:
    """Raises ValidationError for a word that is neither."""
    word = half_width(text).lower()
    if word in YES or word in NO:
        return word in YES
    raise ValidationError(_("请填“是”或“否”（“有”“无”也行）。"), "yes_no")


def chinese_number(text: str) -> int | None:
    """十二 → 12; up to 99. None for anything else."""
    if not _CHINESE_NUMBER.fullmatch(text):
        return None
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_CHINESE_DIGITS[digit]) for digit in text))
    if len(tens) > 1 or len(ones) > 1 or tens == "十":
        return None
    return _CHINESE_DIGITS.get(tens, 1) * 10 + _CHINESE_DIGITS.get(ones, 0)
