"""Cases that were merged are one trouble: which they are, and what all of them are about."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

from paydesk.domain.cases.asks import Link
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.cases.queries import link_pairs
from paydesk.foundation.attached.queries import has_any

# What these went into and what went into them, to the end; `UNION` bears a ring.
_ONE = """
WITH RECURSIVE one(id) AS (
  (SELECT unnest(%s::bigint[]) UNION SELECT l.case_id FROM cases_caselink l
   WHERE l.kind = 'payment' AND l.object_id = ANY (%s::bigint[]) AND l.state = 'confirmed')
  UNION
  SELECT near.id FROM one JOIN cases_case c ON c.id = one.id CROSS JOIN LATERAL (
    SELECT c.merged_into_id UNION ALL SELECT a.id FROM cases_case a WHERE a.merged_into_id = c.id
  ) near(id) WHERE near.id IS NOT NULL
)
SELECT id FROM one
"""


class IsOneOf(Func):
    """`column = ANY (ARRAY (subquery))`: found once, then looked up in an index."""

    arg_joiner = " = ANY (ARRAY "
    template = "(%(expressions)s))"
    output_field = BooleanField()


def is_of_trouble(column: str, links: Iterable[Link]) -> Q:
    """Whether `column` is one of the cases in `links`, of those confirmed to be about a payment of it, or of
    those that any of these was merged with: part of a query."""
    asked = list(links)
    cases, paid = ([number for kind, number in asked if kind == wanted] for wanted in ("case", "payment"))
    return Q(IsOneOf(F(column), RawSQL(_ONE, (cases, paid))))  # noqa: S611 - no text of anybody in it


def about_of_trouble(case_id: int) -> list[Link]:
    """What a case and those it was merged with are confirmed to be about, its own first.

    One query, another where it was merged.
    """
    own = link_pairs(case_id)
    if not has_any(("case", case_id), Case):
        return own
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [[case_id], []])
        ids = [row[0] for row in cursor.fetchall()]
    found = CaseLink.objects.filter(case_id__in=ids, state="confirmed").order_by("pk")
    return list(dict.fromkeys([*own, *found.values_list("kind", "object_id")]))
