"""The difference of an exception posted, so that the ledger says what the provider says; and taken back."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.reconciliation.held import ExceptionRefused, today_of
from paydesk.domain.reconciliation.models import Match, MatchMember, ReconciliationException
from paydesk.domain.reconciliation.states import MATCH
from paydesk.domain.reconciliation.steps import SUBJECT, add_members, match_identity
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

PAIRS = ("amount_mismatch", "fee_variance", "fx_variance", "tax_variance")


def difference_of(found: ReconciliationException) -> Money:
    """What the ledger has to move by to say what the provider says of a pair. Raises ExceptionRefused."""
    if not (found.left_key and found.right_key) or found.kind not in PAIRS:
        raise ExceptionRefused("Only the difference of two rows that name one payment can be adjusted.")
    left, right = (
        int(side.get("amount_minor") or 0) - int(side.get("fee_minor") or 0)
        for side in (found.left, found.right)
    )
    if left == right:
        raise ExceptionRefused("Both rows moved the same: there is nothing to adjust.")
    return Money(right - left, found.currency)


def book_difference(
    found: ReconciliationException, difference: Money, counter: str, booked_as: str, *, made_by: str,
    by: Actor, now: datetime,
) -> Match:  # fmt: skip
    """Post the difference against `counter` and lock the rows of the exception as a match; joins the verb."""
    account = found.source_account
    legs = (
        Leg(account.ledger_code, account.pk, difference.amount_minor, difference.currency),
        Leg(counter, account.pk if counter == "5010" else 0, -difference.amount_minor, difference.currency),
    )
    (entry_id,) = post_entries(
        [
            Entry(
                f"reconciliation.{booked_as}", found.market, today_of(found, now), found.day, SUBJECT,
                found.pk, f"adjusted:{found.pk}:{found.version}", legs,
            )
        ],
        by=by,
        at=now,
    )  # fmt: skip
    members = {
        (side, key): (int(told.get("amount_minor") or 0), told)
        for side, key, told in (
            ("left", found.left_key, found.left), ("right", found.right_key, found.right),
        )
        if key
    }  # fmt: skip
    match = Match.objects.create(
        market=found.market, source_account=account, day=found.day, state="confirmed",
        kind="1:1" if len(members) == 2 else "alone", identity=match_identity(members), rule="by_hand",
        why=found.why, explanation={**found.explanation, "actor": "person"},
        residual_minor=difference.amount_minor, residual_as=booked_as, entry_id=abs(entry_id),
        currency=found.currency, run=found.last_run, made_by=made_by, made_at=now, decided_by=by.label,
        decided_at=now,
    )  # fmt: skip
    add_members(match, members)
    return match


def match_of_difference(found: ReconciliationException) -> Match | None:
    """The match that the adjustment or the writing off of an exception made; locked."""
    side, key = ("left", found.left_key) if found.left_key else ("right", found.right_key)
    return (
        Match.objects.select_for_update()
        .filter(
            source_account=found.source_account, state="confirmed", entry_id__isnull=False,
            members__side=side, members__key=key, members__is_live=True,
        )
        .first()
    )  # fmt: skip


def unbook_difference(found: ReconciliationException, match: Match, *, by: Actor, now: datetime) -> int:
    """Post the opposite of what was booked and take the match apart; the id of the entry."""
    account = found.source_account
    counter = {"fee": "5010", "fx": "5050"}.get(match.residual_as, "5060")
    legs = (
        Leg(account.ledger_code, account.pk, -match.residual_minor, match.currency),
        Leg(counter, account.pk if counter == "5010" else 0, match.residual_minor, match.currency),
    )
    (entry_id,) = post_entries(
        [
            Entry(
                f"reconciliation.{match.residual_as}_taken_back", found.market, today_of(found, now),
                found.day, SUBJECT, found.pk, f"adjusted:{found.pk}:{found.version}:back", legs,
            )
        ],
        by=by,
        at=now,
    )  # fmt: skip
    match.state = MATCH.after("revoke", match.state)
    match.decided_by, match.decided_at = by.label, now
    match.version += 1
    match.save()
    MatchMember.objects.filter(match=match).update(is_live=False)
    return abs(entry_id)
