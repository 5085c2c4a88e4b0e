"""Signed words for public forms: nobody makes one up, none is good for another thing, none lives for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from station.lib.tokens import give_token, read_token

NOW = datetime(2026, 11, 24, 10, 0, 0, 999_999, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)


def read(token, *, purpose="door", now=NOW):
    return read_token(purpose, token, now=now, max_age=TEN_MINUTES)


def test_what_was_given_is_read():
    assert read(give_token("door", 7, "a-b_c", at=NOW)) == ["7", "a-b_c"]
    assert read(give_token("door", at=NOW)) == []


@pytest.mark.parametrize(("seconds", "good"), [(-3600, True), (0, True), (599, True), (601, False), (86_400, False)])
def test_how_long_it_lives(seconds, good):
    assert (read(give_token("door", 7, at=NOW), now=NOW + timedelta(seconds=seconds)) is not None) == good


def test_it_is_good_for_its_purpose_only():
    assert read(give_token("window", 7, at=NOW)) is None


@pytest.mark.parametrize("place", [0, 1, 5, -1])
def test_a_changed_character_spoils_it(place):
    token = list(give_token("door", 7, "word", at=NOW))
    token[place] = "x" if token[place] != "x" else "y"
    assert read("".join(token)) is None


@pytest.mark.parametrize("text", ["", ":", "7.word", "\0", "7.word.zz:sig", "䶮" * 60, "x" * 100_000])
def test_any_other_text_is_none(text):
    assert read(text) is None


def test_another_key_signs_otherwise(settings):
    token = give_token("door", 7, at=NOW)
    settings.SECRET_KEY = "another" * 10
    assert read(token) is None
