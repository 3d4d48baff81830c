"""A payment as lists and pages show it: payer, badges, amounts. States and colours come from the domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paydesk.domain.payments.rules import applied_of, payer_of
from paydesk.domain.payments.states import APPLIED_FAMILIES, PAYER_FAMILIES, PAYMENT
from paydesk.domain.reversal_requests.queries import payments_held
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.addresses import page_of

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment

APPLIED_WORDS = {"full": "applied in full", "part": "part applied", "none": "not applied"}
PAYER_WORDS = {"identified": "payer identified", "unknown": "payer unknown"}


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as symbol, word and colour."""

    family: str
    word: str


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """One payment, ready to be shown; needs line, account, customer and contract loaded."""

    payment: Payment
    code: str
    payer: str
    payer_is_known: bool
    amount: Money
    applied: Money
    credited: Money
    open: Money
    state: Badge
    identity: Badge
    application: Badge

    @property
    def url(self) -> str:
        return page_of("payment", self.payment.pk)

    @property
    def where(self) -> Badge:
        """The badge that says most in a list: gone back, payer unknown, or how much is applied."""
        if self.payment.state != PAYMENT.start:
            return self.state
        return self.application if self.payer_is_known else self.identity


def shown(payment: Payment, held: frozenset[int] | None = None) -> ShownPayment:
    """`held` are payments that a reversal request holds, where several are shown; asked for one else."""
    line, currency = payment.statement_line, payment.currency
    who, applied = payer_of(payment.customer_id), applied_of(payment.amount_minor, payment.open_minor)
    return ShownPayment(
        payment=payment,
        code=code_of("PAY", payment.pk),
        payer=payment.customer.name if payment.customer else line.payer_name,
        payer_is_known=payment.customer is not None,
        amount=Money(payment.amount_minor, currency),
        applied=Money(payment.allocated_minor, currency),
        credited=Money(payment.credited_minor, currency),
        open=Money(payment.open_minor, currency),
        state=Badge(PAYMENT.family(payment.state), payment.state),
        identity=Badge(PAYER_FAMILIES[who], PAYER_WORDS[who]),
        application=_going_back(payment, held) or Badge(APPLIED_FAMILIES[applied], APPLIED_WORDS[applied]),
    )


def _going_back(payment: Payment, held: frozenset[int] | None) -> Badge | None:
    """Where all of it goes back, or went, nothing of it is applied."""
    if not _is_all_held(payment):
        return None if not _is_off(payment) or not payment.refunded_minor else Badge("returned", "refunded")
    if payment.pk in (payments_held([payment.pk]) if held is None else held):
        return Badge("held", "held for a reversal")
    return Badge("held", "held for a refund")


def _is_off(payment: Payment) -> bool:
    return not (payment.open_minor or payment.allocated_minor or payment.credited_minor)


def _is_all_held(payment: Payment) -> bool:
    return _is_off(payment) and payment.reserved_minor > 0


def all_shown(payments: Iterable[Payment]) -> list[ShownPayment]:
    """One query more where money of some is held."""
    rows = list(payments)
    waiting = [payment.pk for payment in rows if _is_all_held(payment)]
    held = payments_held(waiting) if waiting else frozenset()
    return [shown(payment, held) for payment in rows]
