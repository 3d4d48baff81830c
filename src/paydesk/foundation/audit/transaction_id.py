"""PostgreSQL's 64-bit transaction id as a column: it says in which transaction a record was written."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import Expression


class TransactionIdField(models.Field):
    """An `xid8` column; an int in Python, comparable and never wrapping round."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Expression, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


class CurrentTransactionId(models.Func):
    function = "pg_current_xact_id"
    output_field = TransactionIdField()
