"""The stored form of an encrypted text, and the keyed digests; the fields are tried in test_crypto_fields."""

from uuid import UUID, uuid4

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from station.lib.crypto import BlindIndexField, DecryptionError, blind_index, decrypt, encrypt, hmac_digest

UID = UUID("00000000-0000-4000-8000-000000000001")
PHONE = "13800001234"


@pytest.fixture(autouse=True)
def _keys():
    with override_settings(FIELD_KEYS={"k1": b"1" * 32}, BLIND_INDEX_KEY=b"b" * 32):
        yield


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text):
    token = encrypt(text, label="a.b.c", uid=UID)
    assert token.startswith("v1:k1:")
    assert decrypt(token, label="a.b.c", uid=str(UID)) == text


def test_the_same_text_is_stored_differently_each_time():
    assert encrypt("a", label="x", uid=UID) != encrypt("a", label="x", uid=UID)


@pytest.mark.parametrize(("label", "uid"), [("a.b.d", UID), ("a.b.c", uuid4())])
def test_another_column_or_row_cannot_read_it(label, uid):
    token = encrypt(PHONE, label="a.b.c", uid=UID)
    with pytest.raises(DecryptionError, match="of another row or column"):
        decrypt(token, label=label, uid=uid)


@pytest.mark.parametrize("place", range(6, 60, 7))
def test_an_altered_token_is_refused_and_the_message_holds_no_data(place):
    token = encrypt(PHONE, label="a.b.c", uid=UID)
    altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    with pytest.raises(DecryptionError) as caught:
        decrypt(altered, label="a.b.c", uid=UID)
    assert str(caught.value) == "a.b.c: altered, or of another row or column"


@pytest.mark.parametrize("token", ["", PHONE, "v1:k1:", "v1:k1:AAAA", "v1:k1:A", "v2:k1:AAAA", "v1:lost:AAAA"])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(DecryptionError):
        decrypt(token, label="a.b.c", uid=UID)


def test_the_index_is_keyed_and_labelled():
    index = blind_index("phone", PHONE)
    assert len(index) == 32
    assert index != blind_index("id", PHONE)
    with override_settings(BLIND_INDEX_KEY=b"c" * 32):
        assert index != blind_index("phone", PHONE)


def test_a_transform_may_be_a_dotted_path():
    field = BlindIndexField(source="phone", label="phone tail", transform="station.lib.people.last_four")
    assert field.digest(PHONE) == blind_index("phone tail", "1234")
    assert field.digest("12") is field.digest("") is field.digest(None) is None


def test_hmac_digest_depends_on_purpose_text_and_secret():
    digest = hmac_digest("sign-in code", "123456")
    assert len(digest) == 64
    assert digest != hmac_digest("device token", "123456")
    assert digest != hmac_digest("sign-in code", "123457")
    with override_settings(SECRET_KEY="y" * 50):
        assert digest != hmac_digest("sign-in code", "123456")
