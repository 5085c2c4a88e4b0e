"""A question that a page asks the database at every visit, put into SQL once.

Building a queryset and having Django write its SQL takes ten to twenty times as long as the database needs to answer
(measured: 4 ms and 0.16 ms for a UNION of three tables). So the SQL is kept, with places left for what differs.
"""

from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression


class Given(Expression):
    """Stands in a queryset for a value that comes with each asking."""

    def __init__(self, name: str, output_field: models.Field):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class Question:
    """Rows of a ``values_list`` queryset, which `build` makes of Given values, the same but for those every time.

    Kept for each connection, for its SQL is its own. The number and kind of the values is part of the question.
    """

    def __init__(self, build: Callable[[], models.QuerySet]):
        self._build = build
        self._kept = WeakKeyDictionary()

    def ask(self, **values) -> Iterator[tuple]:
        """The rows for these values, one for every Given of the queryset."""
        connection = connections[DEFAULT_DB_ALIAS]
        if connection not in self._kept:
            compiler = self._build().query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
            self._kept[connection] = (sql, parameters, converters)
        sql, parameters, converters = self._kept[connection]
        filled = [
            one.output_field.get_db_prep_value(values[one.name], connection) if isinstance(one, Given) else one
            for one in parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, filled)
            rows = cursor.fetchall()
        return _converted(rows, converters, connection)


def _converted(rows, converters, connection):
    """The rows as Django would hand them out."""
    if not converters:
        yield from rows
        return
    for row in rows:
        row = list(row)
        for place, (functions, expression) in converters.items():
            for function in functions:
                row[place] = function(row[place], expression, connection)
        yield tuple(row)
