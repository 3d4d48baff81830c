"""A refund and a payout file as lists and pages show them. States and colours come from the domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.refunds.queries import code, number_in, payout_file_for, refund_for
from paydesk.domain.refunds.rules import PAYEE_KINDS, RAILS, REASONS
from paydesk.domain.refunds.states import PAYOUT_FILE, REFUND
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.addresses import code_in, kind_and_number, page_of
from paydesk.web.addresses import number_in as number_of_kind
from paydesk.web.sight import Looking

if TYPE_CHECKING:
    from paydesk.domain.refunds.models import PayoutFile, Refund

RIGHT = "payments:view"  # a refund is shown to whoever sees the payment it goes back on
STATE_WORDS = {
    "requested": "to decide",
    "under_review": "to decide again",
    "released": "in a payout file",
    "sent": "on the way",
    "unknown": "no answer",
}
FILE_WORDS = {"asked": "waits for release", "put_aside": "put aside"}


@dataclass(frozen=True, slots=True)
class ShownRefund:
    """One refund; needs its payment loaded where `payment_code` is shown."""

    refund: Refund
    code: str
    amount: Money

    @property
    def url(self) -> str:
        return page_of("refund", self.refund.pk)

    @property
    def payment_code(self) -> str:
        return code_in("payment", self.refund.payment_id)

    @property
    def family(self) -> str:
        return REFUND.family(self.refund.state)

    @property
    def word(self) -> str:
        if self.refund.state == "approved" and self.refund.payout_file_id:
            return "waits for release"
        return STATE_WORDS.get(self.refund.state, self.refund.state)

    @property
    def flag(self) -> tuple[str, str]:
        return ("held", "look at it") if self.refund.reasons else ("settled", "by policy")

    @property
    def reason(self) -> str:
        return REASONS[self.refund.reason]

    @property
    def payee_kind(self) -> str:
        return PAYEE_KINDS[self.refund.payee_kind]

    @property
    def rail(self) -> str:
        return RAILS[self.refund.rail]

    @property
    def is_free(self) -> bool:
        """Whether it can be put into a payout file."""
        return self.refund.state == "approved" and self.refund.payout_file_id is None


def shown(refund: Refund) -> ShownRefund:
    return ShownRefund(refund, code(refund), Money(refund.amount_minor, refund.currency))


def all_shown(refunds: Iterable[Refund]) -> list[ShownRefund]:
    return [shown(refund) for refund in refunds]


def account_words(eyes: Looking, refund: Refund) -> str:
    """The payee's number as this person may see it on the page of the refund; an IBAN as a number is."""
    account = refund.payee_account
    if refund.rail == "mobile_money":
        return eyes.phone(account, refund.payment)
    seen = eyes.sight.phones or eyes.until(refund.payment) is not None
    return account if seen else f"{account[:2]} ••• {account[-2:]}"


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One payout file."""

    payout: PayoutFile
    code: str
    total: Money

    @property
    def url(self) -> str:
        return page_of("payout_file", self.payout.pk)

    @property
    def family(self) -> str:
        return PAYOUT_FILE.family(self.payout.state)

    @property
    def word(self) -> str:
        return FILE_WORDS.get(self.payout.state, self.payout.state)


def file_shown(payout: PayoutFile) -> ShownFile:
    return ShownFile(payout, code_in("payout_file", payout.pk), Money(payout.total_minor, payout.currency))


def refund_or_404(actor: Actor, text: str) -> Refund:
    number = number_in(text)
    try:
        return refund_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such refund in your markets.") from None


def named_refund(actor: Actor, text: str) -> tuple[str, int] | None:
    """The refund or payout file that `text` is the code of, as far as the actor may see it."""
    named = kind_and_number(text)
    if named is None or not actor.may(RIGHT if named[0] == "refund" else "payouts.release:view"):
        return None
    look = {"refund": refund_for, "payout_file": payout_file_for}.get(named[0])
    try:
        return named if look and named[1] < 2**63 and look(actor, named[1]) else None
    except ObjectDoesNotExist:
        return None


def file_or_404(actor: Actor, text: str) -> PayoutFile:
    number = number_of_kind("payout_file", text)
    try:
        return payout_file_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such payout file in your markets.") from None
