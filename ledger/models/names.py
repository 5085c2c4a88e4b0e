"""Finding entries by any part of a name, fast among a million, in the same way on every database.

Each entry has one narrow row for every place at which its name (as ``name_to_find`` reads it) can be begun: 欧阳慧 has
欧阳慧, 阳慧 and 慧. Looking for 阳 is then a range of an index. The texts are bytes, for bytes sort alike everywhere,
while the order of characters is each database's own business; UTF-8 keeps characters apart and never holds 0xFF.

The rows follow from the entry alone. They are written where entries are written, in `FindableEntry.save()` and in
`FindableQuerySet`: no operation, import or command has to think of them. ``manage.py check_names`` proves it.
"""

from django.core.exceptions import FieldError
from django.db import models, router, transaction
from django.utils.translation import gettext_lazy as _

from station.lib.people import name_to_find

LONGEST = 20  # characters of a text that are kept; what is typed beyond them does not narrow the search further
READ_AT_ONCE = 500  # entries; SQLite does not take any number of values in one question
ENDLESS = b"\xff"  # sorts behind every continuation of a text in UTF-8


def texts_of(*names):
    """Every text under which somebody with these names is found, as a set of bytes."""
    plain = [name_to_find(name) for name in names]
    return {name[start : start + LONGEST].encode() for name in plain for start in range(len(name))}


class NamePartQuerySet(models.QuerySet):
    def beginning(self, words):
        """Those that begin with what of `words` counts; none if nothing does."""
        text = name_to_find(words)[:LONGEST].encode()
        return self.filter(text__gte=text, text__lt=text + ENDLESS) if text else self.none()


class NamePart(models.Model):
    """One place at which the name of one entry can be begun."""

    # The index of each community begins with it; one over this column alone would serve nothing.
    community = models.ForeignKey(
        "station.Community", models.CASCADE, related_name="+", db_index=False, verbose_name=_("社区")
    )
    text = models.BinaryField(_("名字的一段"), max_length=4 * LONGEST)

    objects = NamePartQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["community", "text", "entry"], name="%(class)s_community"),
            models.Index(fields=["text", "entry"], name="%(class)s_anywhere"),
        ]

    def __str__(self):
        return f"{self.entry_id}"


class WorkerNamePart(NamePart):
    """One place at which a worker's name can be begun."""

    entry = models.ForeignKey("ledger.Worker", models.CASCADE, related_name="name_parts", verbose_name=_("人员"))

    class Meta(NamePart.Meta):
        verbose_name = verbose_name_plural = _("人员姓名查找")


class EnterpriseNamePart(NamePart):
    """One place at which the name of an enterprise, or of the person in charge, can be begun."""

    entry = models.ForeignKey("ledger.Enterprise", models.CASCADE, related_name="name_parts", verbose_name=_("企业"))

    class Meta(NamePart.Meta):
        verbose_name = verbose_name_plural = _("企业名称查找")


class FindableQuerySet(models.QuerySet):
    """Keeps the parts of names true on every way past `save()`; a way on which it could not is refused."""

    @property
    def _parts(self):
        return self.model._meta.get_field("name_parts").related_model._base_manager.using(self.db)

    def _touches_names(self, fields):
        return not {"community", "community_id", *self.model.FOUND_BY}.isdisjoint(fields)

    def bulk_create(self, objs, batch_size=None, ignore_conflicts=False, update_conflicts=False, **options):
        """Raises FieldError for an insert that may leave rows out or change others: nobody knows their names then."""
        if ignore_conflicts or update_conflicts:
            raise FieldError("Entries are found by their names: insert them, or change them, not either.")
        objs = list(objs)
        self._for_write = True
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(objs, batch_size, **options)
            self._write_parts(made)
        return made

    def bulk_update(self, objs, fields, batch_size=None):
        objs, fields = tuple(objs), list(fields)
        self._for_write = True
        with transaction.atomic(using=self.db, savepoint=False):
            plain = models.QuerySet(self.model, self.query.chain(), self._db)  # bulk_update() calls update()
            rows = plain.bulk_update(objs, fields, batch_size)
            if self._touches_names(fields):
                self.refile(objs)
        return rows

    def update(self, **values):
        """Raises FieldError for a name: which texts it is found under, only the rows themselves can tell."""
        if self._touches_names(values):
            raise FieldError("Names are changed by save() or bulk_update(), which keep them findable.")
        return super().update(**values)

    update.alters_data = True

    def refile(self, entries):
        """Write the parts of these saved entries anew."""
        entries = list(entries)
        for first in range(0, len(entries), READ_AT_ONCE):
            batch = entries[first : first + READ_AT_ONCE]
            self._parts.filter(entry__in=[entry.pk for entry in batch]).delete()
            self._write_parts(batch)

    refile.alters_data = True

    def _write_parts(self, entries):
        parts = self._parts
        parts.bulk_create((part for entry in entries for part in entry.wanted_parts()), batch_size=5_000)

    def misfiled(self):
        """Those whose parts are not what follows from their names, in lists, without ever holding all entries."""
        entries, last = self.order_by("pk"), 0
        while batch := list(entries.filter(pk__gt=last)[:READ_AT_ONCE]):
            last, stored = batch[-1].pk, {}
            for part in self._parts.filter(entry__in=[entry.pk for entry in batch]):
                stored.setdefault(part.entry_id, []).append((part.community_id, bytes(part.text)))
            yield [
                entry
                for entry in batch
                if sorted(stored.get(entry.pk, [])) != [(p.community_id, p.text) for p in entry.wanted_parts()]
            ]


class FindableEntry(models.Model):
    """An entry that is found by any part of its names. `FOUND_BY` are the fields that hold them."""

    FOUND_BY = ("name",)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, using=None, **kwargs):
        """Not a rule, only an index kept: like an index it follows the row, whoever writes that."""
        using = using or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save(*args, update_fields=update_fields, using=using, **kwargs)
            if update_fields is None or not {"community", *self.FOUND_BY}.isdisjoint(update_fields):
                self.file_names(using)

    def file_names(self, using=None):
        """Bring the rows under which this entry is found into step; returns whether they were not."""
        parts, wanted = self.name_parts.using(using), self.wanted_parts()
        stored = sorted((community, bytes(text)) for community, text in parts.values_list("community", "text"))
        if stored == [(part.community_id, part.text) for part in wanted]:
            return False
        parts.all().delete()
        parts.bulk_create(wanted)
        return True

    def wanted_parts(self):
        """The rows under which this entry is to be found, unsaved."""
        model = self._meta.get_field("name_parts").related_model
        names = texts_of(*(getattr(self, name) for name in self.FOUND_BY))
        return [model(entry_id=self.pk, community_id=self.community_id, text=text) for text in sorted(names)]
