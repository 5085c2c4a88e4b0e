"""What identifies a person or an enterprise: check it, normalise it, mask it.

Pure functions. A ``normalize_*`` function returns the one form we store or raises
``ValidationError`` (with a ``code``); it is idempotent. A ``mask_*`` function never raises:
what it does not recognise it hides altogether.
"""

import re
import unicodedata
from datetime import date
from typing import Literal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NAME_MAX_LENGTH = 60

# Full-width forms, as Chinese input methods type them, and the ideographic space.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"

_PHONE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")

_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_CHARACTERS = "10X98765432"

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(f"[{_CREDIT_ALPHABET}]{{18}}")

# Unified and compatibility ideographs with all extensions, also those newer than this Python's tables.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_DOTS = "\u00b7.\u2022\u2024\u2027\u2219\u22c5\u30fb\uff0e\uff65"
_DOT_IN_NAME = re.compile(f"(?<=[{_HAN}]) ?[{_DOTS}] ?(?=[{_HAN}])")
_BLANK_IN_NAME = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_HAN_NAME = re.compile(f"[{_HAN}]{{2,}}")
# Control, invisible formatting (bidi overrides, zero width) and lone surrogates. Unassigned code points
# stay allowed: a character may be newer than this Python, and is in somebody's passport all the same.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})

_COMPOUND_SURNAME = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|"
    "太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|子车|亓官|司寇|巫马|公西|颛孙|壤驷|公良|"
    "漆雕|乐正|宰父|谷梁|拓跋|夹谷|轩辕|令狐|段干|百里|呼延|东郭|南门|羊舌|微生|梁丘|左丘|东门|西门|第五"
)


def _compact(text: str) -> str:
    """Half-width, without blanks and without the invisible marks that phones' address books copy along."""
    half_width = str(text).translate(_HALF_WIDTH)
    return "".join(c for c in half_width if not c.isspace() and unicodedata.category(c) != "Cf")


# Phone numbers


def normalize_phone(text: str) -> str:
    """Return a mainland mobile number as 11 digits; accepts +86, 0086, 86, blanks, hyphens, full-width digits."""
    compact = "".join(c for c in _compact(text) if c not in _HYPHENS)
    match = _PHONE.fullmatch(compact)
    if match is None:
        raise ValidationError(_("请填 11 位手机号，例如 138 开头的号码。"), code="phone_invalid")
    return match[1]


def validate_phone(text: str) -> None:
    """Model and form validator around ``normalize_phone``."""
    normalize_phone(text)


def last_four(phone: str) -> str:
    """Return the last four characters: what staff ask for at the counter. Empty when there are fewer."""
    return phone[-4:] if len(phone) >= 4 else ""


def mask_phone(phone: str) -> str:
    """Return 138****1234."""
    if not _PHONE.fullmatch(phone) or len(phone) != 11:
        return "****" if phone else ""
    return f"{phone[:3]}****{phone[-4:]}"


# Identity card numbers


def normalize_id_number(text: str, *, today: date | None = None) -> str:
    """Return the 18 characters of a citizen's number, check character in upper case.

    Form, birthday and check character as in GB 11643. ``today`` (default: the local date) bounds the birthday.
    """
    number = _compact(text).upper()
    if not _ID_NUMBER.fullmatch(number):
        raise ValidationError(_("身份证号是 18 位，最后一位可以是 X。"), code="id_number_invalid")
    try:
        birthday = id_birthday(number)
    except ValueError as error:
        raise ValidationError(_("身份证号里的出生日期不对，请再看一眼。"), code="id_number_birthday") from error
    if birthday > (today or timezone.localdate()):
        raise ValidationError(_("身份证号里的出生日期不对，请再看一眼。"), code="id_number_birthday")
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    if number[17] != _ID_CHECK_CHARACTERS[total % 11]:
        raise ValidationError(_("身份证号对不上，可能有一位写错了。"), code="id_number_check")
    return number


def validate_id_number(text: str) -> None:
    """Model and form validator around ``normalize_id_number``."""
    normalize_id_number(text)


def id_birthday(number: str) -> date:
    """Return the birthday inside a normalised number (GB 11643, digits 7 to 14)."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def id_sex(number: str) -> Literal["male", "female"]:
    """Return the sex inside a normalised number (GB 11643: the 17th digit is odd for men)."""
    return "male" if int(number[16]) % 2 else "female"


def mask_id_number(number: str, *, head: int = 4, tail: int = 4) -> str:
    """Return 4303**********123X; ``head`` and ``tail`` may show less than four characters, never more."""
    if not _ID_NUMBER.fullmatch(number):
        return "****" if number else ""
    head, tail = min(max(head, 0), 4), min(max(tail, 0), 4)
    return number[:head] + "*" * (18 - head - tail) + number[18 - tail :]


# Unified social credit codes


def normalize_credit_code(text: str) -> str:
    """Return the 18 characters of a unified social credit code (GB 32100 alphabet: no I, O, S, V, Z).

    The check character is not a reason to refuse: registered codes that fail it exist. See ``credit_code_warning``.
    """
    code = "".join(c for c in _compact(text) if c not in _HYPHENS).upper()
    if not _CREDIT_CODE.fullmatch(code):
        raise ValidationError(
            _("统一社会信用代码是 18 位数字和大写字母，不含 I、O、S、V、Z。"), code="credit_code_invalid"
        )
    return code


def credit_code_warning(text: str) -> str | None:
    """Return what to tell the person who typed a doubtful code, or None. Check character as in GB 32100."""
    try:
        code = normalize_credit_code(text)
    except ValidationError as error:
        return error.messages[0]
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(code[:17]))
    if code[17] == _CREDIT_ALPHABET[-total % 31]:
        return None
    return gettext("这个信用代码的校验位对不上，请对照执照再看一眼；确实没错就照样保存。")


# What an enterprise's name says about its legal form rather than about which enterprise it is; the longest first.
_LEGAL_FORM = re.compile("有限责任公司|股份有限公司|个体工商户|有限公司|公司")


def name_core(name: str) -> str:
    """Return what of an enterprise's name tells it from others, for finding the same one written twice.

    Without its legal form, brackets, punctuation and blanks, half-width, lower case: 湖南暖风（湘潭）有限公司 and
    湖南暖风湘潭公司 have one core. A name that is nothing but its legal form stays whole.
    """
    compact = "".join(c for c in _compact(name).lower() if unicodedata.category(c)[0] not in "PSZ")
    return _LEGAL_FORM.sub("", compact) or compact


# Names


def normalize_name(text: str) -> str:
    """Return the name in the one form we store, print and search.

    NFC; every look-alike of the dot inside a minority name becomes ``·`` (U+00B7); blanks at the ends and
    between ideographs go (rosters pad names of two characters with them), other runs of blanks become one.
    Characters outside the basic plane stay as they are.
    """
    name = str(text).strip()
    if any(unicodedata.category(c) in _REFUSED_CATEGORIES for c in name):
        raise ValidationError(_("名字里有看不见的字符，请删掉重新输入。"), code="name_control_character")
    name = " ".join(unicodedata.normalize("NFC", name).split())
    name = _DOT_IN_NAME.sub("\u00b7", name)
    return _BLANK_IN_NAME.sub("", name)


def validate_name(text: str) -> None:
    """Refuse a name that is blank or longer than 60 characters once normalised."""
    name = normalize_name(text)
    if not name:
        raise ValidationError(_("请填名字。"), code="name_blank")
    if len(name) > NAME_MAX_LENGTH:
        raise ValidationError(_("名字最多 %(limit)d 个字。"), code="name_too_long", params={"limit": NAME_MAX_LENGTH})


def name_to_find(text: str) -> str:
    """Return what of a name counts when it is looked for: no case, no width, no dots, blanks or brackets.

    So 买买提·艾力 is found as 买买提.艾力 and as 买买提艾力. Characters newer than this Python's tables stay.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if unicodedata.category(c)[0] not in "ZPC" or unicodedata.category(c) == "Cn")


def _surname(name: str) -> str:
    """Return what may be shown of a name: the Chinese surname, else (dotted, Latin, one character) nothing."""
    if not _HAN_NAME.fullmatch(name):
        return ""
    return name[:2] if len(name) > 2 and _COMPOUND_SURNAME.match(name) else name[:1]


def mask_name(name: str) -> str:
    """Return 张** or 欧阳*: the surname and at most two stars. A name without a Chinese surname is all stars."""
    surname = _surname(name)
    return surname + "*" * min(len(name) - len(surname), 2)


def surname_title(name: str) -> str:
    """Return 张师傅 for public pages; 师傅 where the name has no Chinese surname to show."""
    return gettext("%(surname)s师傅") % {"surname": _surname(name)}
