"""The thing that waits, from its public code: what it is, of which market, since when, over how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.callbacks.queries import pending_for
from paydesk.domain.cases.queries import case_for
from paydesk.domain.disputes.queries import dispute_for
from paydesk.domain.improvements.queries import improvement_for
from paydesk.domain.incidents.queries import incident_for
from paydesk.domain.payments.queries import payment_for
from paydesk.domain.reconciliation.queries import exception_for
from paydesk.domain.refunds.queries import refund_for
from paydesk.domain.reversal_requests.queries import request_for
from paydesk.foundation.approvals.queries import approval_for
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.provider_cash.queries import reversal_row_for, transit_row_for
from paydesk.web.addresses import code_in, kind_and_number

FINDS: dict[str, Any] = {
    "payment": payment_for,
    "pending": pending_for,
    "refund": refund_for,
    "reversal_request": request_for,
    "dispute": dispute_for,
    "exception": exception_for,
    "case": case_for,
    "incident": incident_for,
    "improvement": improvement_for,
    "reversal_row": reversal_row_for,
    "transit_row": transit_row_for,
    "approval": approval_for,
}
ASKED_FOR = ("refund", "reversal_request")  # somebody asked for it, and it has days of its own
MANY = ("incident", "improvement")  # about many cases: what is affected has as many amounts as currencies
CASH = ("reversal_row", "transit_row")  # what a provider's row leaves open: nobody paid it


@dataclass(frozen=True, slots=True)
class Subject:
    """One waiting thing as the screens of a queue need it. `amount` is what waits, None where unsaid."""

    kind: str
    number: int
    market: str
    since: date
    amount: Money | None
    thing: Any

    @property
    def link(self) -> tuple[str, int]:
        return self.kind, self.number

    @property
    def code(self) -> str:
        return code_in(self.kind, self.number)


def subject_of(kind: str, thing: Any) -> Subject:
    """A thing that waits, loaded already."""
    if kind in CASH:
        minor = thing.amount_minor if kind == "transit_row" else abs(thing.amount_minor)
        said = Money(minor, thing.currency)
        return Subject(kind, thing.pk, thing.market, thing.booked_on, said, thing)
    if kind == "case":
        about = None if thing.amount_minor is None else Money(thing.amount_minor, thing.currency)
        return Subject(kind, thing.pk, thing.market, thing.opened_at.date(), about, thing)
    if kind in MANY:
        return Subject(kind, thing.pk, thing.market, thing.proposed_at.date(), None, thing)
    if kind == "exception":
        said = Money(thing.amount_minor, thing.currency)
        return Subject(kind, thing.pk, thing.market, thing.day, said, thing)
    if kind in ASKED_FOR:
        said = Money(thing.amount_minor, thing.currency)
        return Subject(kind, thing.pk, thing.market, thing.requested_at.date(), said, thing)
    if kind == "dispute":
        said = Money(thing.amount_minor, thing.currency)
        return Subject(kind, thing.pk, thing.market, thing.opened_at.date(), said, thing)
    if kind == "approval":
        asked = Money(thing.amount_minor, thing.currency) if thing.amount_minor is not None else None
        return Subject(kind, thing.pk, thing.market, thing.asked_at.date(), asked, thing)
    if kind == "payment":
        open_money = Money(thing.open_minor, thing.currency)
        return Subject(kind, thing.pk, thing.market, thing.value_on, open_money, thing)
    said = Money(thing.amount_minor, thing.currency) if thing.amount_minor else None
    return Subject(kind, thing.pk, thing.source_account.market, thing.heard_at.date(), said, thing)


def subject_or_404(actor: Actor, code: str) -> Subject:
    """The thing behind a code, as far as the actor may see it."""
    known = kind_and_number(code)
    if known is None or known[0] not in FINDS or known[1] >= 2**63:
        raise Http404("Nothing that waits has this code.")
    kind, number = known
    try:
        return subject_of(kind, FINDS[kind](actor, number))
    except ObjectDoesNotExist:
        raise Http404("There is no such thing in your markets.") from None
