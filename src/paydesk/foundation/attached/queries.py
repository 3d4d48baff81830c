"""What hangs on a case at all: notes, promises, an incident? One statement answers for every kind.

Most things have few of them. A page that shows all kinds asks here first and reads those alone that are
there. Packages register in AppConfig.ready() what may hang on what.
"""

from __future__ import annotations

from collections import defaultdict

from django.db import connection
from django.db.models import Model

from paydesk.kernel.one_reading import is_reading, read_once

Thing = tuple[str, int]

_conditions: dict[str, dict[type[Model], str]] = defaultdict(dict)


def hangs_on(kind: str, model: type[Model], rows: str = "") -> None:
    """Register that rows of `model` hang on things of `kind`.

    `rows` selects those of thing %(id)s; else they name it in `subject_kind` and `subject_id`, or in a column
    of the kind's name ("case_id").
    """
    columns = {field.column for field in model._meta.concrete_fields}
    named = "subject_kind = %(kind)s AND subject_id = %(id)s" if "subject_kind" in columns else ""
    table = f'SELECT FROM "{model._meta.db_table}"'  # noqa: S608 - our own names
    _conditions[kind][model] = rows or f"{table} WHERE {named or f'{kind}_id = %(id)s'}"


def has_any(thing: Thing, model: type[Model]) -> bool:
    """Whether rows of `model` hang on ("case", 5).

    While a page is read one query answers for all that is registered. Elsewhere, and of what is not
    registered, it is True without a look: whoever asks reads the rows themselves.
    """
    kind, number = thing
    if not is_reading() or model not in _conditions.get(kind, ()):
        return True
    return model in _present(kind, number)


@read_once
def _present(kind: str, number: int) -> frozenset[type[Model]]:
    looks = _conditions[kind]
    with connection.cursor() as cursor:
        statement = "SELECT " + ", ".join(f"EXISTS ({rows})" for rows in looks.values())
        cursor.execute(statement, {"kind": kind, "id": number})
        found = cursor.fetchone()
    return frozenset(model for model, there in zip(looks, found or (), strict=True) if there)
