"""Asking and deciding inside the transaction of the verb that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from paydesk.foundation.approvals import queries, rules
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.states import APPROVAL
from paydesk.foundation.people.authority import RIGHTS
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused

Closed = Callable[[Approval, Actor, datetime], None]
_closers: dict[str, Closed] = {}


class ApprovalRefused(Refused):
    """This cannot be asked for or decided this way."""

    code = "approval.refused"


class SamePersonRefused(ApprovalRefused):
    """Whoever asked, and whoever is close to it, does not decide."""

    code = "approval.same_person"


def when_closed(kind: str, closed: Closed) -> None:
    """Have `closed` run inside the transaction when an approval of `kind` ends without being approved."""
    _closers[kind] = closed


def ask(
    kind: str,
    *,
    subject: tuple[str, int],
    market: str,
    right: str,
    payload: Mapping[str, Any],
    reasons: Sequence[str] = (),
    amount: Money | None = None,
    amounts: Sequence[Money] = (),
    note: str = "",
    evidence_id: int | None = None,
    batch: str = "",
    decide_right: str | None = None,
    by: Actor,
    now: datetime,
) -> Approval:
    """Ask a second person for `kind` ("payment.move"); the verb itself does nothing yet.

    `right` is the row of the authority table; above the limit of market and currency its "…_above_limit"
    row counts where there is one. What moves several currencies gives `amounts`, one sum each: they are never
    added, one above its own limit is enough. `decide_right` names another right string instead of both. Joins
    the caller's transaction, which also writes the audit record. Raises ApprovalRefused if it is asked for
    already. Asking locks nothing of what it is about: who decides takes the approval first, then the thing.
    """
    sums = list(amounts) if amounts else [amount] if amount is not None else []
    if len(sums) == 1:
        amount = sums[0]
    approval = Approval(
        kind=kind,
        market=market,
        subject_kind=subject[0],
        subject_id=subject[1],
        payload=dict(payload),
        payload_hash=rules.fingerprint(kind, payload),
        right=decide_right or _decides(right, market, sums),
        batch=batch or f"{kind} {market} {now:%Y-%m-%d}",
        amount_minor=amount.amount_minor if amount is not None else None,
        currency=amount.currency if amount is not None else "",
        flag=rules.flag_of(reasons),
        reasons=list(reasons),
        note=note,
        evidence_id=evidence_id,
        asked_by_id=by.id,
        asked_by=by.label,
        asked_at=now,
        expires_at=now + rules.OPEN_FOR,
    )
    try:
        with transaction.atomic():
            approval.save(force_insert=True)
    except IntegrityError as problem:
        raise ApprovalRefused("This is asked for already and waits for a second person.") from problem
    return approval


def _decides(right: str, market: str, sums: Sequence[Money]) -> str:
    """The right string of whoever decides: that above the limit as soon as one sum is above its own."""
    base = rules.check_right(right, None, None, RIGHTS)
    held = (
        rules.check_right(right, each, queries.limit_of(right, market, each.currency), RIGHTS)
        for each in sums
    )
    return next((each for each in held if each != base), base)


def decide(approval_id: int, kind: str, *, by: Actor, now: datetime, note: str = "") -> Approval:
    """Approve what was asked for; the caller carries out `payload` in the same transaction, once.

    Raises SamePersonRefused if `by` asked for it, ApprovalRefused if they lack the right, it has expired or
    the payload is not what was asked for, TransitionRefused if it is decided already.
    """
    approval = Approval.objects.select_for_update().get(pk=approval_id, kind=kind)
    absent_id = _check(approval, by, now)
    if approval.expires_at <= now:
        raise ApprovalRefused("Nobody decided on this in time. Ask for it again if it is still wanted.")
    if approval.payload_hash != rules.fingerprint(kind, approval.payload):
        raise ApprovalRefused("What was asked for was changed since. Reject it and ask again.")
    _close(approval, "approve", by=by, now=now, note=note, absent_id=absent_id)
    return approval


def end(approval_id: int, transition: str, *, by: Actor, now: datetime, note: str = "") -> Approval:
    """Reject, withdraw or expire; what was held for it is let go. Joins the caller's transaction."""
    approval = Approval.objects.select_for_update().get(pk=approval_id)
    if transition == "withdraw" and (by.id is None or by.id != approval.asked_by_id):
        raise ApprovalRefused("Only who asked for it takes it back. A second person can reject it.")
    absent_id = _check(approval, by, now) if transition == "reject" else None
    _close(approval, transition, by=by, now=now, note=note, absent_id=absent_id)
    if approval.kind in _closers:
        _closers[approval.kind](approval, by, now)
    return approval


def locked_pending(kind: str, subject: tuple[str, int]) -> Approval | None:
    """What waits for a second person about one thing, locked; None where nothing does.

    Taken before the thing itself is, as whoever decides does.
    """
    found = Approval.objects.select_for_update().filter(kind=kind, state="pending")
    return found.filter(subject_kind=subject[0], subject_id=subject[1]).first()


def take_back_to_ask_again(approval: Approval, *, by: Actor, now: datetime, note: str) -> None:
    """Withdraw what one asked for, to ask for less of it in the same transaction: nothing held is let go.

    The caller holds the lock. Raises ApprovalRefused for anybody else.
    """
    if by.id is None or by.id != approval.asked_by_id:
        raise ApprovalRefused("Only who asked for it changes it. A second person can reject it.")
    _close(approval, "withdraw", by=by, now=now, note=note, absent_id=None)


def add_reasons(approval: Approval, reasons: Sequence[str]) -> None:
    """Something to look at turned up while it waits: it is amber from now on. The caller holds the lock."""
    approval.reasons = list(dict.fromkeys([*approval.reasons, *reasons]))
    approval.flag = rules.flag_of(approval.reasons)
    approval.save(update_fields=["reasons", "flag"])


def refuse_if_related(by: Actor, party_kind: str, party_ids: Iterable[int | None]) -> None:
    """Nobody acts on their own account or that of somebody close to them. Raises SamePersonRefused."""
    ids = [number for number in party_ids if number is not None]
    if by.kind == "person" and ids and queries.related(by.id, party_kind, ids):
        raise SamePersonRefused("You are close to this account. Somebody else has to do this.")


def _check(approval: Approval, by: Actor, now: datetime) -> int | None:
    absent_id, refused = queries._decider(approval, by, now)
    if refused:
        kind = SamePersonRefused if approval.asked_by_id == by.id else ApprovalRefused
        raise kind(refused, right=approval.right)
    return absent_id


def _close(
    approval: Approval, transition: str, *, by: Actor, now: datetime, note: str, absent_id: int | None
) -> None:
    approval.state = APPROVAL.after(transition, approval.state)
    approval.decided_by_id = by.id
    approval.decided_by = by.label
    approval.decided_for_id = absent_id
    approval.decided_at = now
    approval.decision_note = note
    approval.save()
