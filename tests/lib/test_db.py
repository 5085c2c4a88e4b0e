"""Every rule a row can break, once found by our own check and once only by the database, as in a race."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, models
from django.db.models.functions import Lower
from django.test import override_settings
from django.test.utils import isolate_apps
from simple_history.models import HistoricalRecords

from station.lib.crypto import BlindIndexField, EncryptedTextField, blind_index
from station.lib.db import save_checked

PHONE, OTHER_PHONE = "13800001234", "13900005678"


class Blinded:
    """Lets one ``full_clean`` look away: what another transaction commits after our check, our check cannot see."""

    blind = False

    def full_clean(self, *args, **kwargs):
        if not self.blind:
            super().full_clean(*args, **kwargs)


# django-simple-history looks its model up among the installed apps, so the tables borrow the label of one of them.
with isolate_apps("simple_history"):

    class Place(Blinded, models.Model):
        uid = models.UUIDField(default=uuid4, unique=True, editable=False)
        code = models.CharField(max_length=20, unique=True)
        row = models.IntegerField(default=0)
        seat = models.IntegerField(default=0, db_column="seat_number")
        nickname = models.CharField(max_length=20, default="", blank=True)
        state = models.CharField(max_length=10, default="gone")
        phone = EncryptedTextField(label="lib.place.phone", max_length=11, blank=True)
        phone_index = BlindIndexField(source="phone", label="phone", unique=True)
        host = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_constraint=False)
        history = HistoricalRecords(history_user_id_field=models.IntegerField(null=True))

        class Meta:
            app_label = "simple_history"
            constraints = [
                models.CheckConstraint(
                    condition=models.Q(seat__lte=9),
                    name="place_has_ten_seats",
                    violation_error_message="只有十个座位。",
                    violation_error_code="seats",
                ),
                models.UniqueConstraint(
                    fields=["row", "seat"],
                    name="place_taken_once",
                    condition=models.Q(state="taken"),
                    violation_error_message="这个座位有人了。",
                    violation_error_code="taken",
                ),
                models.UniqueConstraint(
                    fields=["row", "seat"],
                    name="place_kept_once",
                    condition=models.Q(state="kept"),
                    violation_error_message="这个座位留着了。",
                    violation_error_code="kept",
                ),
                models.UniqueConstraint(
                    fields=["row", "nickname"], name="place_nickname", condition=~models.Q(nickname="")
                ),
                models.UniqueConstraint(
                    Lower("state"),
                    name="place_one_open",
                    condition=models.Q(state="open"),
                    violation_error_message="已经开了一个。",
                    violation_error_code="open",
                ),
            ]

        def __str__(self):
            return str(self.uid)

    class Annex(Place):
        floor = models.IntegerField(default=0)

        class Meta:
            app_label = "simple_history"

        def __str__(self):
            return str(self.uid)

    class Plain(models.Model):
        title = models.CharField(max_length=5)

        class Meta:
            app_label = "simple_history"

        def __str__(self):
            return str(self.pk)


@pytest.fixture(scope="module", autouse=True)
def _tables(django_db_setup, django_db_blocker):
    tables = [Place, Place.history.model, Annex, Plain]
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in tables:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in reversed(tables):
                editor.delete_model(model)


@pytest.fixture(autouse=True)
def _keys():
    with override_settings(FIELD_KEYS={"k1": b"1" * 32}, BLIND_INDEX_KEY=b"b" * 32):
        yield


@pytest.fixture
def rival(db):
    return save_checked(Place(code="rival", phone=PHONE, row=1, seat=1, nickname="window", state="taken"))


def refusal(obj):
    with pytest.raises(ValidationError) as caught:
        save_checked(obj)
    return {key: [(e.code, e.messages) for e in errors] for key, errors in caught.value.error_dict.items()}


def refused_alike(**values):
    """The same error whether we or the database notice; nothing is written, and the transaction stays usable."""
    before = Place.objects.count()
    checked = refusal(Place(**values))
    raced = Place(**values)
    raced.blind = True
    assert refusal(raced) == checked
    assert Place.objects.count() == before
    assert raced.pk is None
    return checked


def test_a_good_row_is_saved_and_returned(db):
    place = Place(code="a")
    assert save_checked(place) is place
    assert Place.objects.get().code == "a"


def test_a_check_constraint(db):
    assert refused_alike(code="a", seat=10) == {NON_FIELD_ERRORS: [("seats", ["只有十个座位。"])]}


def test_partial_unique_constraints_over_the_same_columns_are_told_apart(rival):
    save_checked(Place(code="kept", row=1, seat=1, state="kept"))
    taken = refused_alike(code="a", row=1, seat=1, state="taken")
    assert taken == {NON_FIELD_ERRORS: [("taken", ["这个座位有人了。"])]}
    kept = refused_alike(code="a", row=1, seat=1, state="kept")
    assert kept == {NON_FIELD_ERRORS: [("kept", ["这个座位留着了。"])]}


def test_a_unique_constraint_over_an_expression(rival):
    save_checked(Place(code="open", state="open"))
    assert refused_alike(code="a", state="open") == {NON_FIELD_ERRORS: [("open", ["已经开了一个。"])]}


def test_a_unique_constraint_without_a_message_of_its_own(rival):
    raced = Place(code="a", row=1, nickname="window")
    raced.blind = True
    assert [code for code, _ in refusal(raced)[NON_FIELD_ERRORS]] == ["unique_together"]


def test_a_unique_field(rival):
    assert [code for code, _ in refused_alike(code="rival")["code"]] == ["unique"]


def test_a_blind_index_speaks_under_its_source(rival):
    errors = refused_alike(code="a", phone=PHONE)
    assert errors.keys() == {"phone"}
    assert [code for code, _ in errors["phone"]] == ["unique"]


def test_a_constraint_of_a_parent_table(rival):
    raced = Annex(code="a", seat=10)
    raced.blind = True
    assert refusal(raced) == {NON_FIELD_ERRORS: [("seats", ["只有十个座位。"])]}
    raced = Annex(code="rival")
    raced.blind = True
    assert refusal(raced).keys() == {"code"}


def test_an_error_of_a_field_keeps_its_place(db):
    assert refusal(Place(code="a" * 21, phone="1" * 12)).keys() == {"code", "phone"}


def test_what_is_no_rule_of_the_model_is_raised_as_it_is(db):
    place = Place(code="a", row=None)
    place.blind = True
    with pytest.raises(IntegrityError):
        save_checked(place)
    assert Place.objects.count() == 0


def test_a_nul_is_refused_on_both_databases(db):
    assert refusal(Place(code="a\0"))["code"][0][0] == "null_character"
    assert refusal(Place(code="a", phone="1\0"))["phone"][0][0] == "null_character"
    with pytest.raises(ValidationError):
        save_checked(Place(code="a"), reason="a\0")


def test_history_says_who_and_why(db):
    place = save_checked(Place(code="a"), by=SimpleNamespace(pk=7), reason="第一次登记")
    place.seat = 2
    save_checked(place)
    records = place.history.order_by("history_id").values_list("history_user_id", "history_change_reason")
    assert [(user, reason or "") for user, reason in records] == [(7, "第一次登记"), (None, "")]


def test_an_overlong_reason_is_refused(db):
    with pytest.raises(ValidationError):
        save_checked(Place(code="a"), reason="因" * 101)
    assert Place.objects.count() == 0


def test_a_model_without_history_gets_no_stray_attributes(db):
    plain = save_checked(Plain(title="a"), by=SimpleNamespace(pk=7), reason="x")
    assert plain.__dict__.keys() == {"_state", "id", "title"}


def test_update_fields_saves_those_and_their_blind_indexes(rival):
    place = Place.objects.get()
    place.phone, place.nickname = OTHER_PHONE, "door"
    save_checked(place, update_fields=["phone"])
    place = Place.objects.get()
    assert (place.phone, place.nickname) == (OTHER_PHONE, "window")
    assert Place.objects.get(phone_index=blind_index("phone", OTHER_PHONE)) == place
