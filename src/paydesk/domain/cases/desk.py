"""Reads for whoever works at the inbox: what is new to them, who is on what, which texts are ready."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import (
    Attachment,
    Case,
    Commitment,
    Draft,
    LetterTemplate,
    ReadyText,
    Visit,
    WaitingFile,
)
from paydesk.domain.cases.states import OPEN
from paydesk.foundation.assignments.models import Assignment
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

HERE_WITHIN = timedelta(seconds=45)
WRITES_WITHIN = timedelta(seconds=60)


def unread_among(case_ids: Collection[int], person_id: int | None) -> set[int]:
    """Those of these cases in which something was said since this person looked; one query."""
    seen = Visit.objects.filter(
        case_id=OuterRef("pk"), person_id=person_id, here_at__gte=OuterRef("last_message_at")
    )
    found = Case.objects.filter(pk__in=list(case_ids), last_message_at__isnull=False).filter(~Exists(seen))
    return set(found.values_list("pk", flat=True))


def who_is_here(case_ids: Collection[int], now: datetime) -> dict[int, set[int]]:
    """Ids of the people who have each of these cases open now; one query."""
    found: dict[int, set[int]] = {}
    rows = Visit.objects.filter(case_id__in=list(case_ids), here_at__gte=now - HERE_WITHIN)
    for case_id, person_id in rows.values_list("case_id", "person_id"):
        found.setdefault(case_id, set()).add(person_id)
    return found


def who_writes(case_id: int, now: datetime) -> set[int]:
    """Ids of the people who write at a case now; one query."""
    found = Draft.objects.filter(case_id=case_id, at__gte=now - WRITES_WITHIN)
    return set(found.values_list("person_id", flat=True))


def at_work_now(actor: Actor, now: datetime) -> dict[int, Case]:
    """The case each person has open now, by the person's id, in the actor's markets; one query."""
    rows = Visit.objects.filter(here_at__gte=now - HERE_WITHIN).select_related("case", "case__customer")
    seen = set(in_markets(Case.objects.filter(visits__in=rows), actor).values_list("pk", flat=True))
    return {row.person_id: row.case for row in rows.order_by("here_at") if row.case_id in seen}


def tokens(case_ids: Iterable[int]) -> list[tuple[int, int, int | None]]:
    """(id, version, owner) of these cases: what a list shows changes only with them; two queries."""
    ids = list(case_ids)
    versions = dict(Case.objects.filter(pk__in=ids).values_list("pk", "version"))
    owned = Assignment.objects.filter(subject_kind=clocks.SUBJECT, subject_id__in=ids)
    owners = {row[0]: row[1:] for row in owned.values_list("subject_id", "owner_id", "version")}
    return [(each, versions.get(each, 0), owners.get(each, (None, 0))[1]) for each in ids]


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


def waiting_files(case_id: int, person_id: int | None) -> list[WaitingFile]:
    """The files that go with this person's next answer in a case."""
    if not has_any((clocks.SUBJECT, case_id), WaitingFile):
        return []
    return list(WaitingFile.objects.filter(case_id=case_id, person_id=person_id).order_by("pk"))


def attachment_in(case_id: int, attachment_id: int) -> Attachment | None:
    """A file of a message of this case."""
    return Attachment.objects.filter(pk=attachment_id, message__case_id=case_id).first()


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
