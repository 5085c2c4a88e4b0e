"""Specimens that verify under the published standards, and properties that hold for any input."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import assume, given
from hypothesis import strategies as st

from station.lib import people

ID_WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]  # GB 11643 gives them as powers of two, too

digits = st.text("0123456789", min_size=1)
phones = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@st.composite
def id_numbers(draw):
    birthday = draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    first = draw(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)) + birthday.strftime("%Y%m%d")
    first += draw(st.from_regex(r"[0-9]{3}", fullmatch=True))
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, ID_WEIGHTS, strict=True)) % 11]


def code_of(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    "typed",
    [
        "13800001234",
        " 138 0000 1234\n",
        "138-0000-1234",
        "+86 138 0000 1234",
        "+86-13800001234",
        "008613800001234",
        "8613800001234",
        "１３８００００１２３４",
        "＋８６　138－0000－1234",
        "\u202d13800001234\u202c",
    ],
)
def test_a_phone_is_stored_as_eleven_digits(typed):
    assert people.normalize_phone(typed) == "13800001234"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380000123",
        "138000012345",
        "12800001234",
        "073112345678",
        "+1 13800001234",
        "1380000123a",
        "١٣٨٠٠٠٠١٢٣٤",
        "13800001234\0",
    ],
)
def test_what_is_no_mobile_phone_is_refused(typed):
    assert code_of(people.validate_phone, typed) == "phone_invalid"


@given(phones)
def test_a_normal_phone_stays_and_its_mask_hides_the_middle(phone):
    assert people.normalize_phone(phone) == phone
    assert people.mask_phone(phone) == phone[:3] + "****" + phone[7:]
    assert people.last_four(phone) == phone[7:]


@given(st.text())
def test_a_mask_shows_nothing_of_what_it_does_not_recognise(text):
    assume(not people._PHONE.fullmatch(text) and not people._ID_NUMBER.fullmatch(text))
    expected = "****" if text else ""
    assert people.mask_phone(text) == people.mask_id_number(text) == expected


def test_last_four_of_less_is_nothing():
    assert people.last_four("123") == ""


@pytest.mark.parametrize("number", ["34052419800101001X", "370101190102039973"])
def test_the_published_id_numbers_verify(number):
    assert people.normalize_id_number(number) == number
    people.validate_id_number(number)


def test_an_id_number_is_normalised_and_tells_birthday_and_sex():
    number = people.normalize_id_number("　３４０５２４ 19800101 001ｘ ")
    assert number == "34052419800101001X"
    assert people.id_birthday(number) == date(1980, 1, 1)
    assert people.id_sex(number) == "male"
    assert people.id_sex("34052419800101002X") == "female"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "id_number_invalid"),
        ("340524800101001", "id_number_invalid"),
        ("34052419800101001X1", "id_number_invalid"),
        ("X40524198001010011", "id_number_invalid"),
        ("340524198002300018", "id_number_birthday"),
        ("340524000000000018", "id_number_birthday"),
        ("340524198001010011", "id_number_check"),
    ],
)
def test_an_id_number_says_what_is_wrong(typed, code):
    assert code_of(people.normalize_id_number, typed) == code


def test_nobody_is_born_tomorrow():
    number, birthday = "34052419800101001X", date(1980, 1, 1)
    assert people.normalize_id_number(number, today=birthday) == number
    assert code_of(people.normalize_id_number, number, today=birthday - timedelta(days=1)) == "id_number_birthday"
    tomorrow = (timezone.localdate() + timedelta(days=1)).strftime("%Y%m%d")
    assert code_of(people.validate_id_number, f"340524{tomorrow}0010") == "id_number_birthday"


@given(id_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_refused(number, place, shift):
    assert people.normalize_id_number(number) == number
    flipped = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert code_of(people.normalize_id_number, flipped).startswith("id_number_")


@given(id_numbers(), st.integers(-1, 20), st.integers(-1, 20))
def test_an_id_mask_shows_four_characters_at_either_end_at_most(number, head, tail):
    mask = people.mask_id_number(number, head=head, tail=tail)
    assert len(mask) == 18
    assert mask[4:14] == "*" * 10
    assert number[6:14] not in mask
    assert people.mask_id_number(number) == number[:4] + "*" * 10 + number[14:]
    assert people.mask_id_number(number, head=1, tail=0) == number[0] + "*" * 17


def test_the_published_credit_code_verifies():
    assert people.normalize_credit_code(" 91350100-M000100Y43".lower()) == "91350100M000100Y43"
    assert people.credit_code_warning("91350100M000100Y43") is None


@pytest.mark.parametrize("last", sorted(set(people._CREDIT_ALPHABET) - {"3"}))
def test_a_wrong_check_character_only_warns(last):
    code = "91350100M000100Y4" + last
    assert people.normalize_credit_code(code) == code
    assert "校验位" in people.credit_code_warning(code)


@pytest.mark.parametrize(
    "typed", ["", "91350100M000100Y4", "91350100M000100Y433", "91350100M000100YI3", "91350100M000100YO3"]
)
def test_what_is_no_credit_code_is_refused(typed):
    assert code_of(people.normalize_credit_code, typed) == "credit_code_invalid"
    assert "18" in people.credit_code_warning(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  张三 ", "张三"),
        ("张　三", "张三"),
        ("张  三\n", "张三"),
        ("John   Smith", "John Smith"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽‧买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽･买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽 ． 买买提", "阿依古丽·买买提"),
        ("J. Smith", "J. Smith"),
        ("䶮𬱟㛃𫖯", "䶮𬱟㛃𫖯"),
        ("𬱟.䶮", "𬱟·䶮"),
        ("Jose\u0301", "José"),
    ],
)
def test_a_name_has_one_stored_form(typed, stored):
    assert people.normalize_name(typed) == stored
    people.validate_name(typed)


@pytest.mark.parametrize("typed", ["张\0三", "张\n三", "张\u200b三", "张\u202e三", "张\ud800三", "\x7f张"])
def test_invisible_characters_in_a_name_are_refused(typed):
    assert code_of(people.normalize_name, typed) == "name_control_character"


def test_a_name_has_one_to_sixty_characters():
    people.validate_name("𬱟" * 60)
    assert code_of(people.validate_name, "𬱟" * 61) == "name_too_long"
    assert code_of(people.validate_name, " 　") == "name_blank"


@given(st.text(st.sampled_from("张三𬱟阿 　.·•‧・･．AÉe\u0301\u00a0\u2028\t"), max_size=12) | st.text(max_size=12))
def test_normalising_a_name_twice_changes_nothing(text):
    try:
        once = people.normalize_name(text)
    except ValidationError:
        return
    assert people.normalize_name(once) == once


@pytest.mark.parametrize(
    ("name", "mask", "title"),
    [
        ("张三", "张*", "张师傅"),
        ("张小三", "张**", "张师傅"),
        ("欧阳锋", "欧阳*", "欧阳师傅"),
        ("司马相如", "司马**", "司马师傅"),
        ("欧阳", "欧*", "欧师傅"),
        ("𬱟小明", "𬱟**", "𬱟师傅"),
        ("阿依古丽·买买提", "**", "师傅"),
        ("John Smith", "**", "师傅"),
        ("张", "*", "师傅"),
        ("", "", "师傅"),
    ],
)
def test_public_pages_show_the_surname_only(name, mask, title):
    assert people.mask_name(name) == mask
    assert people.surname_title(name) == title


@given(st.text(st.sampled_from("王李赵欧阳司马明华𬱟·A"), min_size=2, max_size=8))
def test_a_masked_name_never_contains_the_given_name(name):
    shown = people.mask_name(name).rstrip("*")
    assert name.startswith(shown)
    assert len(shown) <= 2
    assert people.mask_name(name).count("*") == min(len(name) - len(shown), 2)
    assert len(shown) < len(name)
