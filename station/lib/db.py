"""Saving a row so that whatever the database would refuse comes back as a message for the person who asked."""

import re

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connections, models, router, transaction
from django.utils.translation import gettext_lazy as _

from station.lib.crypto import BlindIndexField

_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\S+)")
_SQLITE_UNIQUE_INDEX = re.compile(r"UNIQUE constraint failed: index '(.+)'")
_SQLITE_UNIQUE_COLUMNS = re.compile(r"UNIQUE constraint failed: (.+)")


def save_checked(obj: models.Model, *, by=None, reason: str = "", update_fields=None):
    """Validate every field and constraint of ``obj``, save it and return it.

    ``by`` and ``reason`` go into the row's history where the model keeps one. ``update_fields`` also saves the blind
    indexes of the fields it names.

    Raises ValidationError for a rule broken, also when another transaction broke it between our check and our
    write: that IntegrityError becomes the constraint's own message. Any other IntegrityError is raised as it is.
    A blind index's error is reported under the field it indexes.
    """
    _refuse_null_characters(obj)
    _sign_history(obj, by, reason)
    try:
        obj.full_clean()
    except ValidationError as error:
        raise _under_source_fields(obj, error) from error
    using = router.db_for_write(type(obj), instance=obj)
    try:
        with transaction.atomic(using=using):
            obj.save(using=using, update_fields=_with_blind_indexes(obj, update_fields))
    except IntegrityError as error:
        violation = _violation(obj, error, using)
        if violation is None:
            raise
        raise violation from error
    return obj


def _refuse_null_characters(obj) -> None:
    """PostgreSQL cannot store a NUL; of Django's fields only those of forms refuse it."""
    for field in obj._meta.concrete_fields:
        value = obj.__dict__.get(field.attname)
        if isinstance(value, str) and "\0" in value:
            raise ValidationError(
                {field.name: ValidationError(_("这里有看不见的字符，请删掉重新输入。"), code="null_character")}
            )


def _sign_history(obj, by, reason: str) -> None:
    """Say who and why in the way django-simple-history reads it. Raises ValidationError for an overlong reason."""
    manager_name = getattr(obj._meta, "simple_history_manager_attribute", None)
    if manager_name is None:
        return
    if reason:
        history = getattr(type(obj), manager_name).model
        history._meta.get_field("history_change_reason").run_validators(reason)
        if "\0" in reason:
            raise ValidationError(_("这里有看不见的字符，请删掉重新输入。"), code="null_character")
    obj._history_user = by
    obj._change_reason = reason


def _with_blind_indexes(obj, update_fields):
    if update_fields is None:
        return None
    names = set(update_fields)
    return names | {f.name for f in obj._meta.fields if isinstance(f, BlindIndexField) and f.source in names}


def _field_key(obj, field: models.Field) -> str:
    """Name the field a person knows: a blind index speaks for its source."""
    return field.source if isinstance(field, BlindIndexField) else field.name


def _under_source_fields(obj, error: ValidationError) -> ValidationError:
    errors: dict[str, list] = {}
    for name, messages in error.error_dict.items():
        key = name if name == NON_FIELD_ERRORS else _field_key(obj, obj._meta.get_field(name))
        errors.setdefault(key, []).extend(messages)
    return ValidationError(errors)


def _violation(obj, error: IntegrityError, using: str) -> ValidationError | None:
    """Return what the broken constraint has to say, or None for one that is not the model's own."""
    name, columns = _broken(obj, error, using)
    for model in (type(obj), *obj._meta.all_parents):
        named = [c for c in model._meta.constraints if c.name == name]
        alike = [c for c in model._meta.constraints if columns and _columns(model, c) == columns]
        constraint = next(iter(named or [c for c in alike if _is_broken(model, c, obj, using)] or alike), None)
        if constraint is not None:
            return _constraint_error(obj, model, constraint)
        for field in model._meta.local_concrete_fields:
            if field.unique and columns == {field.column}:
                message = obj.unique_error_message(model, (field.name,))
                return ValidationError({_field_key(obj, field): message})
    return None


def _broken(obj, error: IntegrityError, using: str) -> tuple[str | None, set[str]]:
    """Return the name of the broken constraint and the columns of a unique one, as far as the database tells."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name, _columns_by_name(diagnosis, using)
    text = str(error.__cause__)
    if match := _SQLITE_CHECK.match(text) or _SQLITE_UNIQUE_INDEX.match(text):
        return match[1], set()
    if match := _SQLITE_UNIQUE_COLUMNS.match(text):
        return None, {qualified.rpartition(".")[2] for qualified in match[1].split(", ")}
    return None, set()


def _columns_by_name(diagnosis, using: str) -> set[str]:
    """Ask PostgreSQL's catalogue, for a field's ``unique=True`` bears a generated name."""
    connection = connections[using]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, diagnosis.table_name)
    constraint = found.get(diagnosis.constraint_name, {})
    return set(constraint.get("columns") or ()) if constraint.get("unique") else set()


def _columns(model, constraint) -> set[str]:
    """Return the columns of a unique constraint over fields; empty for any other."""
    if not isinstance(constraint, models.UniqueConstraint):
        return set()
    return {model._meta.get_field(name).column for name in constraint.fields}


def _is_broken(model, constraint, obj, using: str) -> bool:
    """Tell apart partial constraints over the same columns, which SQLite reports alike."""
    try:
        constraint.validate(model, obj, using=using)
    except ValidationError:
        return True
    return False


def _constraint_error(obj, model, constraint) -> ValidationError:
    """Return the error that ``constraint.validate`` would have raised."""
    is_default = constraint.violation_error_message == constraint.default_violation_error_message
    if isinstance(constraint, models.UniqueConstraint) and constraint.fields and is_default:
        return ValidationError({NON_FIELD_ERRORS: obj.unique_error_message(model, constraint.fields)})
    return ValidationError(
        {
            NON_FIELD_ERRORS: ValidationError(
                constraint.get_violation_error_message(), code=constraint.violation_error_code
            )
        }
    )
