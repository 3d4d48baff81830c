"""Matches by people: rows of both sides put together, suggestions confirmed or rejected, matches taken apart.

What a person matched is locked against rules: runs leave its rows out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from paydesk.domain.reconciliation.models import Match, MatchMember, ReconciliationException
from paydesk.domain.reconciliation.states import MATCH, UNSOLVED
from paydesk.domain.reconciliation.steps import add_members, match_identity, open_again, resolve, start_clock
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import ChangedRefused, Refused

CONFIRM, SPLIT, UNMATCH = "matching.confirm", "matching.split", "matching.unmatch"
ONE_SIDED = (
    "missing_in_ledger",
    "missing_at_provider",
    "ambiguous_match",
    "duplicate_provider",
    "duplicate_ledger",
    "split_incomplete",
    "out_of_period",
)


class MatchRefused(Refused):
    """These rows cannot be matched, or this match not be changed."""

    code = "match.refused"


class MatchChangedRefused(ChangedRefused):
    """Somebody else was quicker."""

    code = "match.changed"


@transaction.atomic(durable=True)
def match_by_hand(exception_ids: Collection[int], *, reason: str, by: Actor, now: datetime) -> Match:
    """Say that the rows of these exceptions are the same money: both sides must come to the same.

    One to one, one to several, or several to several, of one account and currency. What differs in its amount
    is adjusted instead. Raises MatchRefused.
    """
    found = list(
        ReconciliationException.objects.select_for_update(of=["self"])
        .select_related("source_account", "last_run")
        .filter(pk__in=list(exception_ids))
        .order_by("day", "pk")
    )
    if len(found) != len(set(exception_ids)) or len(found) < 2:
        raise MatchRefused("Choose at least two exceptions: one of each side.")
    for each in found:
        by.needs(CONFIRM if len(found) == 2 else SPLIT, market=each.market)
    members = _members(found)
    sums = {
        side: sum(amount for (s, _), (amount, _) in members.items() if s == side)
        for side in ("left", "right")
    }
    first = found[0]
    ours, theirs = (Money(sums[side], first.currency) for side in ("left", "right"))
    if sums["left"] != sums["right"]:
        raise MatchRefused(
            f"The ledger's rows come to {ours} and the provider's to {theirs}. "
            "Only rows that come to the same are one payment; a difference is adjusted on the pair."
        )
    counts = [sum(s == side for s, _ in members) for side in ("left", "right")]
    said = " ".join(reason.split())[:500]
    if not said:
        raise MatchRefused("Say why they belong together: it is kept with the match.")
    try:
        with transaction.atomic():
            match = Match.objects.create(
                market=first.market, source_account=first.source_account, day=first.day, state="confirmed",
                kind=":".join("1" if count == 1 else "n" for count in counts).replace("n:n", "n:m"),
                identity=match_identity(members), rule="by_hand", why=said, currency=first.currency,
                run=first.last_run, made_by=by.label, made_at=now, decided_by=by.label, decided_at=now,
            )  # fmt: skip
            add_members(match, members)
    except IntegrityError as problem:
        raise MatchRefused("One of these rows is in another match already. Reload to see it.") from problem
    for each in found:
        resolve(each, "matched", said, by.label, now)
    _record("match.made", match, by, now, state=[None, match.state], exceptions=[each.pk for each in found])
    return match


def _members(
    found: Collection[ReconciliationException],
) -> dict[tuple[str, str], tuple[int, dict[str, object]]]:
    members: dict[tuple[str, str], tuple[int, dict[str, object]]] = {}
    first = next(iter(found))
    for each in found:
        if each.state not in UNSOLVED:
            raise MatchRefused("One of these is resolved already. Reload to see how.")
        if each.source_account_id != first.source_account_id or each.currency != first.currency:
            raise MatchRefused("They are of different accounts or currencies.")
        if each.kind not in ONE_SIDED:
            raise MatchRefused("One of these is a pair already, or no row of a side.")
        for side, key, facts in (("left", each.left_key, each.left), ("right", each.right_key, each.right)):
            if key:
                members[side, key] = (int(facts.get("amount_minor") or 0), facts)
    if {side for side, _ in members} != {"left", "right"}:
        raise MatchRefused("Choose rows of both sides: what the ledger has, and what the provider has.")
    return members


@transaction.atomic(durable=True)
def confirm_suggestion(match_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Match:
    """Say that a suggested match is right. Raises MatchRefused where amounts differ, TransitionRefused."""
    match = _locked(match_id, version, by, CONFIRM)
    sums = [
        sum(member.amount_minor for member in match.members.all() if member.side == side)
        for side in ("left", "right")
    ]
    if sums[0] != sums[1]:
        raise MatchRefused("Both sides do not come to the same: reject it and adjust the pair instead.")
    was, match.state = match.state, MATCH.after("confirm", match.state)
    _keep(match, by, now)
    _record("match.confirmed", match, by, now, state=[was, match.state])
    return match


@transaction.atomic(durable=True)
def reject_suggestion(match_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Match:
    """Say that suggested rows do not belong together: they are never proposed together again.

    The next run shows them as exceptions.
    """
    match = _locked(match_id, version, by, CONFIRM)
    was, match.state = match.state, MATCH.after("reject", match.state)
    _keep(match, by, now)
    MatchMember.objects.filter(match=match).update(is_live=False)
    _record("match.rejected", match, by, now, state=[was, match.state])
    return match


@transaction.atomic(durable=True)
def revoke_match(
    match_id: int, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> Match:
    """Take a person's match apart: its exceptions open again. Raises MatchRefused for one with a posting."""
    match = _locked(match_id, version, by, UNMATCH)
    if match.entry_id is not None:
        raise MatchRefused("An adjustment was posted with it. Correct it by an adjustment of its own.")
    said = " ".join(reason.split())[:500]
    if not said:
        raise MatchRefused("Say why it is taken apart: the reason is kept.")
    was, match.state = match.state, MATCH.after("revoke", match.state)
    _keep(match, by, now)
    members = list(match.members.all())
    MatchMember.objects.filter(match=match).update(is_live=False)
    ours, theirs = ([each.key for each in members if each.side == side] for side in ("left", "right"))
    opened = []
    for each in ReconciliationException.objects.select_for_update().filter(
        Q(left_key__in=ours) | Q(right_key__in=theirs),
        source_account=match.source_account, state="resolved", resolution="matched",
    ):  # fmt: skip
        open_again(each)
        each.save()
        start_clock(each, now)
        opened.append(each.pk)
    _record("match.revoked", match, by, now, note=said, state=[was, match.state], exceptions=opened)
    return match


def _locked(match_id: int, version: int | None, by: Actor, right: str) -> Match:
    match = Match.objects.select_for_update(of=["self"]).select_related("source_account").get(pk=match_id)
    by.needs(right, market=match.market)
    if version is not None and version != match.version:
        raise MatchChangedRefused("Somebody decided on this match meanwhile. Reload to see it.")
    return match


def _keep(match: Match, by: Actor, now: datetime) -> None:
    match.decided_by, match.decided_at = by.label, now
    match.version += 1
    match.save()


def _record(verb: str, match: Match, by: Actor, now: datetime, note: str = "", **changes: object) -> None:
    audit.record(
        verb, subject=("match", match.pk), by=by, at=now, changes=changes, market=match.market, note=note
    )
