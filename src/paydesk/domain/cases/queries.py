"""Reads about cases: the inbox by view, one case with its words and links, what hangs on a payment."""

from __future__ import annotations

import dataclasses
import functools
import json
import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.fields.json import KeyTextTransform

from paydesk.domain.cases import categories, clocks
from paydesk.domain.cases.asks import Link, is_of_a_party
from paydesk.domain.cases.due_first import late
from paydesk.domain.cases.models import (
    Attachment,
    Case,
    CaseLink,
    CategoryTree,
    Commitment,
    Draft,
    Mailbox,
    Message,
)
from paydesk.domain.cases.own_fields import OwnField
from paydesk.domain.cases.said_in import said_in
from paydesk.domain.cases.states import AT_WORK, OPEN
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.foundation.people.restricted import is_covered, refuse_if_restricted
from paydesk.kernel.actor import Actor
from paydesk.kernel.one_reading import read_once
from paydesk.kernel.public_codes import code_of, number_of

CODE_PREFIX = "CAS"
SUBJECT = clocks.SUBJECT
MOST_MESSAGES = 500
MOST_COUNTED = 1_000
MOST_OTHERS = 50  # looked at for each thing
_FIELD = tuple(each.name for each in dataclasses.fields(OwnField))
_SET_UP = """
SELECT newest.version, newest.tree::text,
       (SELECT coalesce(jsonb_agg(to_jsonb(f) || jsonb_build_object('pk', f.id) ORDER BY f.id), '[]')::text
          FROM cases_casefield f)
  FROM (SELECT 1) AS always
  LEFT JOIN LATERAL
       (SELECT version, tree FROM cases_categorytree ORDER BY version DESC LIMIT 1) AS newest ON true
"""
VIEWS = {
    "mine": "Mine",
    "new": "Nobody's",
    "team": "All open",
    "late": "Late",
    "waiting": "Waiting",
    "done": "Done",
}


def code(case: Case) -> str:
    return code_of(CODE_PREFIX, case.pk)


def cases(actor: Actor) -> QuerySet[Case]:
    """Cases of the actor's markets with their customers; no order."""
    return in_markets(Case.objects.select_related("customer"), actor)


def case_for(actor: Actor, case_id: int) -> Case:
    """With `is_restricted`, whether named people alone see it.

    Raises Case.DoesNotExist also for another market, RestrictedRefused where others are named for it.
    """
    found = cases(actor).select_related("mailbox")
    case = found.annotate(is_restricted=is_covered(SUBJECT)).filter(pk=case_id).first()
    if case is None:
        in_market = Case.objects.filter(pk=case_id).values_list("market", flat=True).first()
        if in_market is not None and actor.sees(in_market):
            refuse_if_restricted(actor, SUBJECT, case_id)
        raise Case.DoesNotExist
    return case


def in_view(found: QuerySet[Case], view: str, by: Actor, now: datetime) -> QuerySet[Case]:
    """Those of one view of the inbox, what is due first in front; raises KeyError for an unknown view."""
    VIEWS[view]
    if view == "mine":
        found = found.filter(owned_by=by.id, state__in=OPEN)
    elif view == "new":
        found = found.filter(owned_by=None, state__in=OPEN)
    elif view == "team":
        found = found.filter(state__in=OPEN)
    elif view == "late":
        found = found.filter(pk__in=late(now), state__in=OPEN)
    elif view == "waiting":
        found = found.filter(state="waiting")
    else:
        return found.filter(state__in=("resolved", "closed")).order_by("-resolved_at", "-id")
    return found.order_by(F("unanswered_since").asc(nulls_last=True), "opened_at", "id")


def counts(actor: Actor, now: datetime) -> dict[str, int]:
    """How many cases each view has, but what is done; two queries."""
    base = in_markets(Case.objects.filter(state__in=OPEN), actor).order_by()
    row = base.aggregate(
        team=Count("pk"),
        mine=Count("pk", filter=Q(owned_by=actor.id)),
        new=Count("pk", filter=Q(owned_by=None)),
        waiting=Count("pk", filter=Q(state="waiting")),
    )
    return row | {"late": base.filter(pk__in=late(now)).count()}


def count_unanswered(actor: Actor) -> int:
    """Cases of one's own or of nobody in which we are to act; for the rail."""
    theirs = Q(owned_by=None) | Q(owned_by=actor.id)
    found = in_markets(Case.objects.filter(theirs, state__in=AT_WORK), actor)
    return found.values("pk")[:MOST_COUNTED].count()


def found_by(found: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Narrowed to a code, an address or number of whoever wrote, or words of the subject."""
    text = text.strip()
    if not text:
        return found
    number = number_of(CODE_PREFIX, text)
    if number is not None:
        return found.filter(pk=number)
    words = Q()
    for word in text.split()[:6]:
        words &= Q(subject__icontains=word)
    return found.filter(Q(contact__iexact=text) | words)


def messages_of(case: Case) -> list[Message]:
    """What stands in it, oldest first, the newest MOST_MESSAGES of it, attachments loaded.

    Two queries, others where messages were split off or a case was merged into it.
    """
    newest = list(Message.objects.filter(said_in(case.pk)).order_by("-at", "-id")[:MOST_MESSAGES])
    may_have = has_any((SUBJECT, case.pk), Attachment) or any(each.case_id != case.pk for each in newest)
    files = Attachment.objects.all() if may_have else Attachment.objects.none()
    prefetch_related_objects(newest, Prefetch("attachments", files))
    return newest[::-1]


def links_of(case_id: int, *, states: Collection[str] = ("proposed", "confirmed")) -> list[CaseLink]:
    """What a case is about; confirmed before proposed. One query."""
    return [link for link in _every_link(case_id) if link.state in states]


@read_once
def _every_link(case_id: int) -> list[CaseLink]:
    found = CaseLink.objects.filter(case_id=case_id)
    return sorted(found, key=lambda link: (link.state != "confirmed", link.pk))


def link_pairs(case_id: int, *, confirmed: bool = True) -> list[Link]:
    states = ("confirmed",) if confirmed else ("proposed", "confirmed")
    return [(link.kind, link.object_id) for link in links_of(case_id, states=states)]


def knows_who(case: Case, links: Iterable[Link] | None = None) -> bool:
    """Whether it is said who they are: a customer, or a seller by what the case is confirmed to be about.

    One query where `links`, the confirmed ones, are not handed in and no customer is named.
    """
    if case.customer_id is not None or case.party_role not in ("merchant", "seller"):
        return case.customer_id is not None
    return is_of_a_party(link_pairs(case.pk) if links is None else links)


def others_about_the_same(
    actor: Actor, case: Case, about: Sequence[Link], read: Iterable[Case] = ()
) -> list[Case]:
    """Other cases about a thing of `about`, what this one is about; newest first, at most 20.

    One query, and another where some are not among those that were `read` already.
    """
    if not about:
        return []
    same = functools.reduce(operator.or_, (Q(kind=kind, object_id=number) for kind, number in about))
    found = CaseLink.objects.filter(same).exclude(state="rejected").exclude(case_id=case.pk)
    found = found.order_by("-pk").values_list("case_id", flat=True)[: MOST_OTHERS * len(about)]
    wanted = set(found)
    others = [each for each in read if each.pk in wanted and each.state != "merged"]
    if missing := wanted - {each.pk for each in read}:
        unread = cases(actor).filter(pk__in=missing).exclude(state="merged")
        others += unread.order_by("-opened_at", "-id")[:20]
    return sorted(others, key=lambda each: (each.opened_at, each.pk), reverse=True)[:20]


def cases_about(actor: Actor, kind: str, number: int) -> list[Case]:
    """Cases about a thing that the actor may read, newest first, at most 20; one query."""
    about = CaseLink.objects.filter(kind=kind, object_id=number).exclude(state="rejected")
    found = cases(actor).filter(pk__in=about.values("case_id")).exclude(state="merged")
    return list(found.order_by("-opened_at", "-id")[:20])


def talked_about(kind: str, numbers: Collection[int]) -> set[int]:
    """Which of these things a case is about, or may be; one query."""
    found = CaseLink.objects.filter(kind=kind, object_id__in=numbers).exclude(state="rejected")
    return set(found.values_list("object_id", flat=True))


def with_value(found: QuerySet[Case], field: OwnField, value: Any) -> QuerySet[Case]:
    """Narrowed to cases with this value in the field; words of a text are looked for within it."""
    if field.type != "text":
        return found.filter(field_values__contains={field.key: value})
    name = f"own_{field.key}"
    return found.alias(**{name: KeyTextTransform(field.key, "field_values")}).filter(
        **{f"{name}__icontains": value}
    )


def cases_of_customer(actor: Actor, customer_id: int) -> QuerySet[Case]:
    """Cases of a customer, newest first."""
    return cases(actor).filter(customer_id=customer_id).order_by("-opened_at", "-id")


@read_once
def current_tree() -> tuple[int, Mapping[str, Any]]:
    """(version, tree) of the categories that count now; version 0 is the delivered one. One query."""
    return _set_up()[0]


def own_fields() -> tuple[OwnField, ...]:
    """The company's own fields, also retired ones, in the order they were made; read with the tree."""
    return _set_up()[1]


def group_now(category: str) -> str:
    """The group a category stands in now; "" for an unknown one."""
    tree = current_tree()[1]
    return next((group for group, each in tree.items() if category in each["children"]), "")


@read_once
def _set_up() -> tuple[tuple[int, Mapping[str, Any]], tuple[OwnField, ...]]:
    """The newest tree and the fields, which every list and page of cases needs both, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SET_UP)
        version, tree, fields = cursor.fetchone()
    made = (OwnField(**{name: _hashable(each[name]) for name in _FIELD}) for each in json.loads(fields))
    return (version, json.loads(tree)) if version else (0, categories.as_json()), tuple(made)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@read_once
def tree_of(version: int | None) -> Mapping[str, Any]:
    """The tree of a version; the delivered one for 0 or None."""
    row = CategoryTree.objects.filter(version=version).first() if version else None
    return row.tree if row else categories.as_json()


def unchecked(case: Case) -> list[str]:
    """What of the checklist of the case's category is not ticked off; at most one query."""
    checks = categories.checks_of(tree_of(case.category_version), case.category)
    return [check for check in checks if check not in case.checked]


def drafts_of(case_id: int) -> list[Draft]:
    """What people began to write, the newest first; also the empty ones that were taken over."""
    if not has_any((SUBJECT, case_id), Draft):
        return []
    return list(Draft.objects.filter(case_id=case_id).order_by("-at", "-pk"))


def was_said(case_id: int, sent_key: str) -> bool:
    """Whether what a composer of this key held was sent or noted; one query."""
    return bool(sent_key) and Message.objects.filter(case_id=case_id, sent_key=sent_key).exists()


def commitments_of(case_id: int) -> list[Commitment]:
    """What was promised and is not kept yet, the next due first."""
    if not has_any((SUBJECT, case_id), Commitment):
        return []
    return list(Commitment.objects.filter(case_id=case_id, kept_at=None).order_by("due_at", "id"))


def mailboxes(actor: Actor) -> QuerySet[Mailbox]:
    """The mailboxes of the actor's markets by address, with `taken_in` and `set_aside` counted; one query."""
    counted = Mailbox.objects.annotate(
        taken_in=Count("received", filter=Q(received__state__in=["in_case", "bounce"])),
        set_aside=Count("received", filter=Q(received__state__in=["set_aside", "failed"])),
    )
    return in_markets(counted, actor).order_by("address")


def mail_troubles(actor: Actor) -> list[Mailbox]:
    """Mailboxes in use that are not reached, or whose breaker tripped; one query."""
    troubled = Q(breaker_at__isnull=False) | ~Q(problem="")
    return list(in_markets(Mailbox.objects.filter(troubled, is_active=True), actor).order_by("address"))


# Each id is looked up by itself: asked for together, all mail is read where statistics know of little mail.
_KNOWN_BY = """
SELECT found.case_id FROM unnest(%s::text[]) asked(id) CROSS JOIN LATERAL (
  SELECT case_id, at FROM cases_message
  WHERE channel = 'email' AND external_id = asked.id AND external_id <> '' OFFSET 0
) found ORDER BY found.at DESC LIMIT 1
"""


def case_known_by(message_ids: Sequence[str]) -> int | None:
    """The id of the case in which the latest mail under one of these Message-IDs is; one query or none."""
    if not message_ids:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_BY, [list(message_ids)])
        row = cursor.fetchone()
    return row[0] if row else None


def own_addresses() -> list[str]:
    """Of all our mailboxes: what comes from one of them is not answered. One query."""
    return list(Mailbox.objects.values_list("address", flat=True))


@read_once
def can_be_mailed(market: str) -> bool:
    """Whether an answer by e-mail can leave: a mailbox of the market is switched on."""
    return Mailbox.objects.filter(market=market, is_active=True).exists()


def survivor_of(case: Case) -> Case:
    """The case that a merged one goes on in; itself where it was not merged."""
    return case if case.merged_into_id is None else Case.objects.get(pk=survivor_id(case.merged_into_id))


def survivor_id(case_id: int) -> int:
    """The id of the case that this one goes on in, its own where it was not merged. Bears a ring."""
    seen = {case_id}
    while True:
        into = Case.objects.filter(pk=case_id).values_list("merged_into_id", flat=True).first()
        if into is None or into in seen:
            return case_id
        seen.add(into)
        case_id = into
