"""What verbs about disputes share: locking, what is lost of the money a provider took, their record."""

from __future__ import annotations

from datetime import UTC, datetime

from paydesk.domain.disputes import queries, rules
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.states import DISPUTE
from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.payments.explained_rows import open_day
from paydesk.domain.payments.steps import charge_back, reinstate
from paydesk.domain.payments.steps import locked as locked_payment
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, Refused

RIGHT, SUBJECT = "disputes.answer", "dispute"
CONTESTED, LOSS = "1300", "5030"


class DisputeRefused(Refused):
    """This cannot be done with this dispute."""

    code = "dispute.refused"


class DisputeChangedRefused(ChangedRefused):
    """Somebody was first."""

    code = "dispute.changed"


def locked(dispute_id: int, by: Actor, *, version: int | None = None) -> Dispute:
    """The dispute, locked, for somebody who may answer it; `version` is the one they saw, None for none.

    Raises NotAllowedRefused, DisputeChangedRefused, SamePersonRefused where the payer is close to them.
    """
    dispute = Dispute.objects.select_for_update(of=["self"]).select_related("payment").get(pk=dispute_id)
    by.needs(RIGHT, market=dispute.market)
    if by.kind == "person":
        approvals.refuse_if_related(by, "customer", [dispute.payment.customer_id])
    if version is not None and dispute.version != version:
        raise DisputeChangedRefused(
            f"{queries.code(dispute)} was changed since you opened it. Reload it and look again."
        )
    return dispute


def lose_if_debited(dispute: Dispute, now: datetime) -> None:
    """What we accepted is over once the provider has taken all of it; the caller keeps the dispute."""
    out = dispute.debited_minor - dispute.credited_minor
    if dispute.state == "accepted" and out >= dispute.amount_minor:
        dispute.state, dispute.finished_at = DISPUTE.after("lose", dispute.state), now


def refuse_while_asked(dispute: Dispute) -> None:
    """Nothing of it changes below the eyes of the second person."""
    if dispute.pk in pending_about(SUBJECT, [dispute.pk]):
        raise DisputeRefused("An answer waits for a second person: take it back or have it rejected.")


def keep(dispute: Dispute, by: Actor, now: datetime) -> None:
    """Save it, and book what is lost of it by now."""
    lost = rules.lost_minor(
        dispute.state, dispute.amount_minor, dispute.won_minor, dispute.debited_minor, dispute.credited_minor
    )
    if lost != dispute.lost_minor:
        _give_up_loss(dispute, by, now)
        _lose(dispute, lost, by, now)
    dispute.version += 1
    dispute.save()


def _lose(dispute: Dispute, lost: int, by: Actor, now: datetime) -> None:
    """What is lost leaves 1300: off the payment, so that it is owed again; what that cannot bear is 5030."""
    if not lost:
        return
    payment = locked_payment(dispute.payment_id)
    borne = 0
    if payment.state == "received":
        borne = rules.of_payment_minor(
            lost, payment.open_minor, payment.credited_minor, payment.allocated_minor,
            payment.shortfall_minor,
        )  # fmt: skip
    if borne:
        dispute.loss_entry_id = charge_back(payment.pk, borne, by=by, at=now)
    dispute.lost_minor, dispute.lost_of_payment_minor = lost, borne
    _move("dispute.lost", dispute, 1, by, now)


def _give_up_loss(dispute: Dispute, by: Actor, now: datetime) -> None:
    """It is not lost as it was booked: the payment has its money again, 1300 stands as before."""
    if not dispute.lost_minor:
        return
    locked_payment(dispute.payment_id)
    _move("dispute.loss_undone", dispute, -1, by, now)
    if dispute.loss_entry_id is not None:
        back = reinstate(dispute.payment_id, dispute.loss_entry_id, by=by, at=now)
        assert back == dispute.lost_of_payment_minor, "what a dispute took off its payment stands again"
    dispute.lost_minor, dispute.lost_of_payment_minor, dispute.loss_entry_id = 0, 0, None


def _move(kind: str, dispute: Dispute, sign: int, by: Actor, now: datetime) -> None:
    # The payment gave its part against the account the row was of; the row stands on 1300. Here they meet.
    borne, account = dispute.lost_of_payment_minor, dispute.source_account
    legs = [
        Leg(account.ledger_code, account.pk, sign * borne, dispute.currency),
        Leg(LOSS, 0, sign * (dispute.lost_minor - borne), dispute.currency),
        Leg(CONTESTED, dispute.pk, -sign * dispute.lost_minor, dispute.currency),
    ]
    today = now.astimezone(UTC).date()
    before = JournalEntry.objects.filter(cause_kind=SUBJECT, cause_id=dispute.pk).count()
    post_entries(
        [
            Entry(
                kind, dispute.market, open_day(dispute.market, today, now), today, SUBJECT, dispute.pk,
                f"{kind}:{dispute.pk}:{before}", [leg for leg in legs if leg.amount_minor],
            )
        ],
        by=by,
        at=now,
    )  # fmt: skip


def record(verb: str, dispute: Dispute, by: Actor, now: datetime, **changes: object) -> None:
    audit.record(
        verb,
        subject=(SUBJECT, dispute.pk),
        by=by,
        at=now,
        changes={"amount_minor": dispute.amount_minor, "currency": dispute.currency, **changes},
        market=dispute.market,
    )
