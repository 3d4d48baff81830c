"""Reads for whoever works at the inbox: what is new to them, who is on what, which texts are ready."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import (
    Attachment,
    Case,
    CaseField,
    Commitment,
    LetterTemplate,
    ReadyText,
    Visit,
    WaitingFile,
)
from paydesk.domain.cases.said_in import stands_in
from paydesk.domain.cases.states import OPEN
from paydesk.foundation.assignments.models import Assignment
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.one_reading import read_once

HERE_WITHIN = timedelta(seconds=45)
WRITES_WITHIN = timedelta(seconds=60)


ROWS_NOW = """
SELECT c.id, c.version, coalesce(a.version, 0),
       c.last_message_at IS NOT NULL AND NOT EXISTS (
           SELECT FROM cases_visit v
            WHERE v.case_id = c.id AND v.person_id = %(me)s AND v.here_at >= c.last_message_at),
       ARRAY(SELECT v.person_id FROM cases_visit v
              WHERE v.case_id = c.id AND v.here_at >= %(since)s ORDER BY v.person_id),
       ARRAY(SELECT d.person_id FROM cases_draft d
              WHERE d.case_id = c.id AND NOT d.is_note AND d.taken_by_id IS NULL ORDER BY d.person_id)
  FROM cases_case c
  LEFT JOIN assignments_assignment a ON a.subject_kind = %(kind)s AND a.subject_id = c.id
 WHERE c.id = ANY (%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class RowNow:
    """What others may change of a case in a list: its version, that of its owner, whether something was said
    since one looked, ids of the people who have it open and of those who left a draft of an answer."""

    version: int
    owner_version: int
    is_unread: bool
    here: tuple[int, ...]
    drafts: tuple[int, ...]


@read_once
def rows_now(case_ids: tuple[int, ...], person_id: int | None, now: datetime) -> dict[int, RowNow]:
    """How these cases stand for a person who has them in a list; one query."""
    known = {"ids": list(case_ids), "me": person_id, "since": now - HERE_WITHIN, "kind": clocks.SUBJECT}
    with connection.cursor() as cursor:
        cursor.execute(ROWS_NOW, known)
        return {
            pk: RowNow(version, owner, unread, tuple(here), tuple(drafts))
            for pk, version, owner, unread, here, drafts in cursor.fetchall()
        }


CASE_NOW = """
SELECT c.market, c.version,
       ARRAY(SELECT d.person_id FROM cases_draft d
              WHERE d.case_id = c.id AND d.at >= %(writes)s AND d.taken_by_id IS NULL),
       ARRAY(SELECT v.person_id FROM cases_visit v WHERE v.case_id = c.id AND v.here_at >= %(here)s),
       (SELECT mine.taken_by_id FROM cases_draft mine JOIN cases_draft theirs USING (case_id)
         WHERE mine.case_id = c.id AND mine.person_id = %(me)s
           AND theirs.person_id = mine.taken_by_id AND theirs.taken_by_id IS NULL)
  FROM cases_case c
 WHERE c.id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class CaseNow:
    """Its market and version, ids of the people who write at it and who have it open, and of whoever goes on
    with what one began to write."""

    market: str
    version: int
    writing: frozenset[int]
    here: frozenset[int]
    took_over: int | None


def case_now(case_id: int, person_id: int | None, now: datetime) -> CaseNow | None:
    """How a case stands for a person who has it open; None where there is none. One query."""
    known = {"id": case_id, "me": person_id, "writes": now - WRITES_WITHIN, "here": now - HERE_WITHIN}
    with connection.cursor() as cursor:
        cursor.execute(CASE_NOW, known)
        row = cursor.fetchone()
    if row is None:
        return None
    market, version, writing, here, took_over = row
    return CaseNow(market, version, frozenset(writing), frozenset(here), took_over)


def at_work_now(actor: Actor, now: datetime) -> dict[int, Case]:
    """The case each person has open now, by the person's id, in the actor's markets; one query."""
    rows = Visit.objects.filter(here_at__gte=now - HERE_WITHIN).select_related("case", "case__customer")
    seen = set(in_markets(Case.objects.filter(visits__in=rows), actor).values_list("pk", flat=True))
    return {row.person_id: row.case for row in rows.order_by("here_at") if row.case_id in seen}


# Texts and files


def ready_texts(market: str = "") -> list[ReadyText]:
    """The newest version of every text in use, of this market or of all, by title; one query."""
    newest = ReadyText.objects.order_by("key", "-version").distinct("key")
    return sorted(
        (each for each in newest if not each.is_retired and (not market or each.market in ("", market))),
        key=lambda each: each.title.casefold(),
    )


def ready_text(key: str) -> ReadyText | None:
    """The newest version of a text, also a retired one."""
    return ReadyText.objects.filter(key=key).order_by("-version").first()


def versions_of_text(key: str) -> list[ReadyText]:
    """Every version of a text, newest first."""
    return list(ReadyText.objects.filter(key=key).order_by("-version"))


def letters() -> list[LetterTemplate]:
    """The newest version of every letter in use, by title and language; one query."""
    newest = LetterTemplate.objects.order_by("key", "language", "-version").distinct("key", "language")
    return sorted(
        (each for each in newest if not each.is_retired), key=lambda each: (each.title, each.language)
    )


def own_field_rows(actor: Actor) -> list[Any]:
    """The company's own fields, those in use first, each with `open_cases` that have it; one query."""
    having = in_markets(Case.objects.filter(state__in=OPEN, field_values__has_key=OuterRef("key")), actor)
    counted = having.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    found = CaseField.objects.annotate(open_cases=Coalesce(Subquery(counted), 0))
    return list(found.order_by("is_retired", "pk"))


def waiting_files(case_id: int, person_id: int | None) -> list[WaitingFile]:
    """The files that go with this person's next answer in a case."""
    if not has_any((clocks.SUBJECT, case_id), WaitingFile):
        return []
    return list(WaitingFile.objects.filter(case_id=case_id, person_id=person_id).order_by("pk"))


def attachment_in(case_id: int, attachment_id: int) -> Attachment | None:
    """A file of a message that stands in this case."""
    found = Attachment.objects.filter(pk=attachment_id).select_related("message").first()
    return found if found is not None and stands_in(case_id, found.message) else None


# What is due to whom


def promises_due(actor: Actor, *, mine_alone: bool, until: datetime) -> QuerySet[Commitment]:
    """Promises not kept yet that are due before `until`, the next due first, with their cases.

    One's own are those one made, and those of cases one owns.
    """
    found = Commitment.objects.filter(kept_at=None, due_at__lt=until, case__state__in=OPEN)
    found = found.filter(case__in=in_markets(Case.objects.all(), actor)).select_related(
        "case", "case__customer"
    )
    if mine_alone:
        owned = Assignment.objects.filter(
            subject_kind=clocks.SUBJECT, subject_id=OuterRef("case_id"), owner_id=actor.id
        )
        found = found.filter(Q(made_by=actor.label) | Exists(owned))
    return found.order_by("due_at", "id")


def owners_of_cases(case_ids: Collection[int]) -> dict[int, Any]:
    """The owner of each of these cases that has one, a person; one query."""
    rows = Assignment.objects.filter(subject_kind=clocks.SUBJECT, subject_id__in=list(case_ids))
    return {row.subject_id: row.owner for row in rows.exclude(owner=None).select_related("owner")}


def my_cases(actor: Actor) -> QuerySet[Case]:
    """Open cases this person owns, those that wait for an answer first, oldest first."""
    owned = Assignment.objects.filter(
        subject_kind=clocks.SUBJECT, subject_id=OuterRef("pk"), owner_id=actor.id
    )
    found = in_markets(Case.objects.filter(state__in=OPEN), actor).filter(Exists(owned))
    return found.select_related("customer").order_by(
        F("unanswered_since").asc(nulls_last=True), "opened_at", "id"
    )
