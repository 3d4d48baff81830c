"""Which clock of a case is due first: one of its own, or of something it is about (a dispute's deadline)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects

from paydesk.domain.cases import clocks
from paydesk.domain.cases.asks import kinds_with_clocks
from paydesk.domain.cases.models import CaseLink
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import OPEN

# Two halves, since in one with an OR the clocks of every case there is would be read.
_OPEN_CLOCKS = """
SELECT c.*, c.subject_id AS of_case FROM clocks_clock c
 WHERE c.ended_as = '' AND c.subject_kind = %(case)s AND c.subject_id = ANY (%(ids)s::bigint[])
UNION ALL
SELECT c.*, l.case_id FROM cases_caselink l
  JOIN clocks_clock c ON c.subject_kind = l.kind AND c.subject_id = l.object_id
 WHERE l.case_id = ANY (%(ids)s::bigint[]) AND l.state = 'confirmed' AND l.kind = ANY (%(kinds)s::text[])
   AND c.ended_as = ''
ORDER BY due_at DESC, id DESC
"""


def due_first(case_ids: Collection[int]) -> dict[int, Clock]:
    """The open clock that is due first for each case, by its id, where there is one; three queries."""
    asked = {"case": clocks.SUBJECT, "ids": list(case_ids), "kinds": kinds_with_clocks()}
    first = {clock.of_case: clock for clock in Clock.objects.raw(_OPEN_CLOCKS, asked)}
    prefetch_related_objects(list(first.values()), "policy", "calendar")
    return first


def late(now: datetime) -> QuerySet[Clock, int]:
    """Ids of cases with a clock that is past its time; a pause is in it, also one whose end nobody noted."""
    past = Clock.objects.filter(OPEN, due_at__lt=now)
    of_link = past.filter(subject_kind=OuterRef("kind"), subject_id=OuterRef("object_id"))
    about = CaseLink.objects.filter(Exists(of_link), state="confirmed", kind__in=kinds_with_clocks())
    own = past.filter(subject_kind=clocks.SUBJECT).values_list("subject_id", flat=True)
    return own.union(about.values_list("case_id", flat=True), all=True)
