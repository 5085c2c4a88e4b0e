"""Encrypted columns and blind indexes on real tables, with a historical model beside them."""

import copy
import pickle
from uuid import uuid4

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter
from django.test import override_settings
from django.test.utils import isolate_apps
from simple_history.models import HistoricalRecords

from station.lib.crypto import (
    BlindIndexField,
    DecryptionError,
    EncryptedTextField,
    Token,
    blind_index,
    reencrypt,
)
from station.lib.people import last_four

KEYS = {"k1": b"1" * 32}
ROTATED = {"k2": b"2" * 32, **KEYS}
PHONE, OTHER_PHONE = "13800001234", "13900005678"

# django-simple-history looks its model up among the installed apps, so the table borrows the label of one of them.
with isolate_apps("simple_history") as registry:

    class Person(models.Model):
        uid = models.UUIDField(default=uuid4, unique=True, editable=False)
        name = models.CharField(max_length=60)
        phone = EncryptedTextField(label="lib.person.phone", max_length=11, blank=True)
        address = EncryptedTextField(label="lib.person.address", max_length=100, blank=True, null=True, multiline=True)
        phone_index = BlindIndexField(source="phone", label="phone", unique=True)
        phone_tail = BlindIndexField(source="phone", label="phone tail", transform=last_four)
        history = HistoricalRecords(history_user_id_field=models.IntegerField(null=True))

        class Meta:
            app_label = "simple_history"
            constraints = [models.CheckConstraint(condition=~models.Q(name="nobody"), name="lib_person_has_name")]

        def __str__(self):
            return str(self.uid)


@pytest.fixture(scope="module", autouse=True)
def _tables(django_db_setup, django_db_blocker):
    tables = [Person, Person.history.model]
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in tables:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in tables:
                editor.delete_model(model)


@pytest.fixture(autouse=True)
def _keys():
    with override_settings(FIELD_KEYS=KEYS, BLIND_INDEX_KEY=b"b" * 32):
        yield


@pytest.fixture
def person(db):
    return Person.objects.create(name="张三", phone=PHONE)


def stored(row, column="phone"):
    """What a dump of the database shows."""
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {row._meta.pk.column} = %s", [row.pk])
        return cursor.fetchone()[0]


# The encrypted field


def test_the_database_sees_no_plain_text(person):
    assert stored(person).startswith("v1:k1:")
    record = person.history.get()
    assert stored(record).startswith("v1:k1:")
    assert record.phone == person.phone == Person.objects.get().phone == PHONE


def test_a_loaded_row_keeps_the_ciphertext_until_read(person):
    row = Person.objects.get()
    assert isinstance(row.__dict__["phone"], Token)
    assert row.phone == PHONE
    assert PHONE not in map(str, row.__dict__.values())
    assert [PHONE not in value for value in Person.objects.values_list("phone", flat=True)] == [True]
    assert Person.objects.values("phone").get()["phone"] == stored(person)


def test_blank_and_null_stay_as_they_are(db):
    row = Person.objects.create(name="李四")
    assert (stored(row), stored(row, "address"), stored(row, "phone_index")) == ("", None, None)
    row = Person.objects.get()
    assert (row.phone, row.address, row.phone_index, row.phone_tail) == ("", None, None, None)


def test_assignment_save_and_refresh(person):
    row = Person.objects.get()
    row.phone = OTHER_PHONE
    assert row.phone == OTHER_PHONE
    row.save()
    assert stored(row).startswith("v1:")
    person.refresh_from_db()
    assert (person.phone, person.phone_index) == (OTHER_PHONE, blind_index("phone", OTHER_PHONE))
    assert person.__dict__["phone"] == stored(row)


def test_an_unchanged_row_keeps_its_token(person):
    before = stored(person)
    row = Person.objects.get()
    row.full_clean()
    row.phone = "".join(PHONE)
    row.save()
    assert stored(person) == before
    person.save()
    assert stored(person) == before


def test_a_text_that_looks_like_a_token_is_only_text(db):
    row = Person(name="王五", address="v1:k1:" + "A" * 40)
    row.full_clean()
    row.save()
    assert stored(row, "address") != "v1:k1:" + "A" * 40
    assert Person.objects.get().address == "v1:k1:" + "A" * 40
    cleaned = Person._meta.get_field("address").clean("v1:k1:" + "A" * 40, None)
    assert not isinstance(cleaned, Token)


def test_deferred_fields_are_loaded_when_asked_for(person, django_assert_num_queries):
    row = Person.objects.only("name").get()
    with django_assert_num_queries(1):
        assert row.phone == row.phone == PHONE
    assert isinstance(row.__dict__["phone"], Token)
    row = Person.objects.defer("phone").get()
    with django_assert_num_queries(0):
        assert row.phone_index == blind_index("phone", PHONE)
    row = Person.objects.defer("phone_index").get()
    with django_assert_num_queries(0):
        assert row.phone_index == blind_index("phone", PHONE)
    row.save(update_fields=["name"])


def test_bulk_create_and_bulk_update(db):
    Person.objects.bulk_create([Person(name=str(n), phone=f"1380000000{n}") for n in range(3)])
    rows = list(Person.objects.order_by("name"))
    assert [row.phone for row in rows] == ["13800000000", "13800000001", "13800000002"]
    kept = stored(rows[2])
    rows[0].phone, rows[1].phone = PHONE, ""
    Person.objects.bulk_update(rows, ["phone", "phone_index", "phone_tail"])
    rows = list(Person.objects.order_by("name"))
    assert [row.phone for row in rows] == [PHONE, "", "13800000002"]
    assert stored(rows[0]).startswith("v1:k1:")
    assert stored(rows[2]) == kept
    assert Person.objects.get(phone_index=blind_index("phone", PHONE)) == rows[0]
    assert Person.objects.get(phone_index=None) == rows[1]


def test_update_without_a_row_is_refused(person):
    with pytest.raises(FieldError, match="encrypted for one row"), transaction.atomic():
        Person.objects.update(phone=OTHER_PHONE)
    assert Person.objects.get().phone == PHONE


def test_update_or_create_keeps_the_index_in_step(person):
    row, created = Person.objects.update_or_create(pk=person.pk, defaults={"phone": OTHER_PHONE})
    assert not created
    assert stored(row, "phone_index") == blind_index("phone", OTHER_PHONE)


def test_a_token_moved_to_another_row_or_column_fails(person):
    other = Person.objects.create(name="李四", phone=OTHER_PHONE, address="建设路 1 号")
    token = Token(stored(person))
    Person.objects.filter(pk=other.pk).update(phone=token, address=token)
    other = Person.objects.get(pk=other.pk)
    for name in ("phone", "address"):
        with pytest.raises(DecryptionError):
            getattr(other, name)
    other.phone = OTHER_PHONE
    assert other.phone == OTHER_PHONE


def test_the_text_of_one_row_is_encrypted_anew_for_another(person):
    other = Person(name="李四", address=person.phone)
    other.save()
    assert Person.objects.get(pk=other.pk).address == PHONE


def test_a_copied_row_with_a_new_uid_is_refused_before_it_is_written(person):
    row = Person.objects.get()
    row.pk, row.uid, row._state.adding = None, uuid4(), True
    with pytest.raises(DecryptionError), transaction.atomic():
        row.save()
    assert Person.objects.count() == 1


@pytest.mark.parametrize("lookup", ["phone", "phone__exact", "phone__icontains", "phone__in", "phone__startswith"])
def test_lookups_point_to_the_blind_index(lookup):
    with pytest.raises(FieldError, match="blind_index"):
        Person.objects.filter(**{lookup: [PHONE]})


def test_isnull_is_the_one_lookup(person):
    assert Person.objects.get(address__isnull=True) == person


@pytest.mark.parametrize(("text", "code"), [("1" * 12, "max_length"), ("1\0", "null_characters_not_allowed")])
def test_full_clean_counts_plain_characters_and_refuses_nul(db, text, code):
    with pytest.raises(ValidationError) as caught:
        Person(name="张三", phone=text).full_clean()
    assert [error.code for error in caught.value.error_dict["phone"]] == [code]
    Person(name="张三", address="𬱟" * 100).full_clean()


def test_pickles_and_copies_hold_the_ciphertext(person, monkeypatch):
    monkeypatch.setattr("django.db.models.base.apps", registry)
    row = Person.objects.get()
    pickled = pickle.dumps(row)
    assert PHONE.encode() not in pickled
    for clone in (pickle.loads(pickled), copy.copy(row), copy.deepcopy(row)):
        assert clone.phone == PHONE
        assert isinstance(clone.__dict__["phone"], Token)
    assert type(copy.copy(row.phone)) is type(pickle.loads(pickle.dumps(row.phone))) is str


def test_a_fixture_holds_the_ciphertext_and_can_be_loaded(person, monkeypatch):
    text = serializers.serialize("json", [person])
    assert PHONE not in text
    monkeypatch.setattr("django.core.serializers.python.apps", registry)
    Person.objects.all().delete()
    for loaded in serializers.deserialize("json", text):
        loaded.save()
    assert Person.objects.get().phone == PHONE


def test_forms_show_and_keep_plain_text(person):
    form_class = forms.modelform_factory(Person, fields=["phone", "address"])
    form = form_class(instance=Person.objects.get())
    assert form.initial["phone"] == PHONE
    assert isinstance(form.fields["phone"].widget, forms.TextInput)
    assert isinstance(form.fields["address"].widget, forms.Textarea)
    assert form.fields["phone"].max_length == 11
    form = form_class({"phone": OTHER_PHONE, "address": "一楼"}, instance=Person.objects.get())
    form.save()
    row = Person.objects.get()
    assert (row.phone, row.address) == (OTHER_PHONE, "一楼")
    assert form_class({"phone": "1" * 12}, instance=row).errors.keys() == {"phone"}


def test_history_reads_every_version(person):
    person.phone = OTHER_PHONE
    person.save()
    assert [record.phone for record in person.history.all()] == [OTHER_PHONE, PHONE]
    assert [record.instance.phone for record in person.history.all()] == [OTHER_PHONE, PHONE]
    newest, oldest = person.history.all()
    assert {c.field for c in newest.diff_against(oldest).changes} == {"phone"}
    assert person.history.filter(phone_index=blind_index("phone", PHONE)).get() == oldest


def test_rotation_rewrites_a_row_once(person):
    with override_settings(FIELD_KEYS=ROTATED):
        row = Person.objects.get()
        row.save()
        assert stored(row).startswith("v1:k1:")
        row = Person.objects.get()
        assert reencrypt(row, "phone") is True
        assert reencrypt(row, "phone") is False
        assert reencrypt(Person.objects.get(), "phone") is False
        assert reencrypt(row, "address") is False
        assert row.__dict__["phone"] == stored(row)
        assert stored(row).startswith("v1:k2:")
        record = person.history.first()
        assert reencrypt(record, "phone") is True
        assert record.phone == PHONE
    with override_settings(FIELD_KEYS={"k2": b"2" * 32}):
        assert Person.objects.get().phone == PHONE
    with pytest.raises(DecryptionError, match="no key with the id k2"):
        str(Person.objects.get().phone)


def test_rotation_never_undoes_a_change_made_meanwhile(person):
    stale = Person.objects.get()
    with override_settings(FIELD_KEYS=ROTATED):
        person.phone = OTHER_PHONE
        person.save()
        assert reencrypt(stale, "phone") is False
        assert Person.objects.get().phone == OTHER_PHONE


# The blind index


def test_rows_are_found_by_phone_and_by_its_tail(person):
    Person.objects.create(name="李四", phone=OTHER_PHONE)
    assert Person.objects.get(phone_index=blind_index("phone", PHONE)) == person
    assert Person.objects.get(phone_tail=Person._meta.get_field("phone_tail").digest(PHONE)) == person
    assert stored(person, "phone_tail") == blind_index("phone tail", "1234")


def test_the_index_follows_its_source_and_nothing_else(person):
    person.phone_index = "forged"
    assert person.phone_index == blind_index("phone", PHONE)
    person.phone = ""
    assert person.phone_index is None


def test_a_phone_is_unique_by_its_index(person):
    twin = Person(name="李四", phone=PHONE)
    with pytest.raises(ValidationError) as caught:
        twin.full_clean()
    assert caught.value.error_dict.keys() == {"phone_index"}
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.bulk_create([Person(name="李四", phone=PHONE)])
    Person.objects.bulk_create([Person(name="甲"), Person(name="乙")])


def test_a_stale_index_cannot_be_saved(person):
    person.phone = OTHER_PHONE
    with pytest.raises(FieldError, match="stale index"):
        person.save(update_fields=["phone"])
    row = Person.objects.defer("phone_tail").get()
    row.phone = OTHER_PHONE
    with pytest.raises(FieldError, match="'phone_tail'"):
        row.save()
    person.save(update_fields=["phone", "phone_index", "phone_tail"])
    assert stored(person, "phone_index") == blind_index("phone", OTHER_PHONE)


# Migrations and checks


def test_the_fields_survive_a_migration_file_and_its_models(db):
    names = ["id", "uid", "phone", "address", "phone_index", "phone_tail"]
    fields = [(name, Person._meta.get_field(name).clone()) for name in names]
    operation = migrations.CreateModel("Moved", fields)
    source = MigrationWriter(type("Migration", (migrations.Migration,), {"operations": [operation]})("0001", "lib"))
    text = source.as_string()
    assert "station.lib.crypto.EncryptedTextField(blank=True, label='lib.person.phone', max_length=11)" in text
    assert "transform=station.lib.people.last_four" in text
    state = ProjectState()
    operation.state_forwards("lib", state)
    moved = state.apps.get_model("lib", "Moved")(phone=PHONE)
    assert (moved.phone, moved.phone_index) == (PHONE, blind_index("phone", PHONE))
    for name in names[2:]:
        field = Person._meta.get_field(name)
        assert field.clone().deconstruct()[1:] == field.deconstruct()[1:]


@isolate_apps("tests.lib")
def test_a_model_without_uid_or_with_an_index_on_ciphertext_is_reported():
    class Bare(models.Model):
        phone = EncryptedTextField(label="lib.bare.phone", max_length=11, unique=True)

        class Meta:
            app_label = "lib"

        def __str__(self):
            return str(self.pk)

    assert [error.id for error in Bare._meta.get_field("phone").check()] == ["lib.E001", "lib.E002"]
    assert Person._meta.get_field("phone").check() == []
