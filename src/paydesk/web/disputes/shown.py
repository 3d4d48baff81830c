"""A dispute as lists and pages show it. States and colours come from the domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import reverse

from paydesk.domain.disputes.queries import amount_of, code, dispute_for, disputes, disputes_of_payments
from paydesk.domain.disputes.reason_codes import SCHEMES, reason_code
from paydesk.domain.disputes.states import DISPUTE, OPEN, UNANSWERED
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.addresses import code_in, number_in, page_of

if TYPE_CHECKING:
    from paydesk.domain.disputes.models import Dispute

SEE, ANSWER = "disputes.answer:view", "disputes.answer"
STATE_WORDS = {
    "inquiry": "asked about",
    "opened": "notice awaited",
    "evidence_due": "to answer",
    "accepted": "accepted, row awaited",
    "challenged": "challenged",
    "under_review": "with the issuer",
    "won": "won, may come back",
    "lost": "lost, may go on",
    "pre_arbitration": "pre-arbitration, to answer",
    "arbitration": "in arbitration",
    "won_for_good": "won",
    "lost_for_good": "lost",
    "expired": "lost by silence",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class ShownDispute:
    """One dispute; its payment is loaded."""

    dispute: Dispute
    code: str
    amount: Money

    @property
    def url(self) -> str:
        return page_of("dispute", self.dispute.pk)

    @property
    def payment_code(self) -> str:
        return code_in("payment", self.dispute.payment_id)

    @property
    def family(self) -> str:
        return DISPUTE.family(self.dispute.state)

    @property
    def word(self) -> str:
        return STATE_WORDS[self.dispute.state]

    @property
    def scheme(self) -> str:
        return SCHEMES.get(self.dispute.scheme, "")

    @property
    def reason(self) -> str:
        known = reason_code(self.dispute.scheme, self.dispute.reason_code)
        return known.words if known is not None else "Reason not known yet"

    @property
    def payer(self) -> str:
        payment = self.dispute.payment
        return payment.statement_line.payer_name or (payment.customer.name if payment.customer else "")

    @property
    def provider(self) -> str:
        return str(self.dispute.source_account.provider.name)

    @property
    def is_open(self) -> bool:
        return self.dispute.state in OPEN

    @property
    def is_unanswered(self) -> bool:
        return self.dispute.state in UNANSWERED

    @property
    def claimed(self) -> Money:
        """What of it stands on 1300: debited, and neither back nor lost."""
        return self._of(self.dispute.debited_minor - self.dispute.credited_minor - self.dispute.lost_minor)

    @property
    def sums(self) -> list[tuple[str, Money]]:
        """What rows moved and what became of it, in words; what is zero is left out."""
        each = self.dispute
        found = [
            ("Debited by the provider", each.debited_minor),
            ("Credited back", each.credited_minor),
            ("Lost: owed again by the payer", each.lost_of_payment_minor),
            ("Lost: our expense", each.lost_minor - each.lost_of_payment_minor),
            ("Fee of the provider", each.fee_minor),
        ]
        return [(words, self._of(minor)) for words, minor in found if minor]

    def _of(self, minor: int) -> Money:
        return Money(minor, self.dispute.currency)


def shown(dispute: Dispute) -> ShownDispute:
    return ShownDispute(dispute, code(dispute), amount_of(dispute))


def dispute_or_404(actor: Actor, text: str) -> Dispute:
    number = number_in("dispute", text)
    try:
        return dispute_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such dispute in your markets.") from None


def of_payment(payment_id: int) -> list[ShownDispute]:
    """The disputes of a payment, newest first; one query."""
    return [shown(each) for each in disputes_of_payments([payment_id])]


def lines_of(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """(line, amount, badge, whose, what may be done) of disputes that cases are about; one query."""
    found: dict[int, tuple[Any, ...]] = {}
    for dispute in disputes(actor).filter(pk__in=ids) if actor.may(SEE) else ():
        each = shown(dispute)
        acts = [("Answer…", each.url, "")] if each.is_unanswered else []
        line = f"{each.scheme} {each.reason}" if each.scheme else each.reason
        found[dispute.pk] = (line, each.amount, (each.family, each.word), dispute.payment.customer_id, acts)
    return found


def opens_from(payment_id: int) -> str:
    """The address of the dialog that opens a dispute of a payment."""
    return reverse("disputes:open", args=[payment_id])
