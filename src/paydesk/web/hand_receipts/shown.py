"""A receipt by hand as lists and pages show it. States and colours come from the domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.utils import timezone

from paydesk.domain.hand_receipts.queries import code, number_in, proof_of, receipt_for
from paydesk.domain.hand_receipts.states import HAND_RECEIPT, PROOF_FAMILIES
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.addresses import page_of

if TYPE_CHECKING:
    from datetime import datetime

    from paydesk.domain.hand_receipts.models import HandReceipt

SEE, ENTER = "payments.receive_by_hand:view", "payments.receive_by_hand"
STATE_WORDS = {"asked": "to decide"}
PROOF_WORDS = {
    "proven": "proven by the provider's row",
    "awaited": "the provider's row is awaited",
    "overdue": "the provider's row is overdue",
}


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """One receipt; `proof` is "" while nothing is received."""

    receipt: HandReceipt
    code: str
    amount: Money
    proof: str

    @property
    def url(self) -> str:
        return page_of("hand_receipt", self.receipt.pk)

    @property
    def family(self) -> str:
        return HAND_RECEIPT.family(self.receipt.state)

    @property
    def word(self) -> str:
        return STATE_WORDS.get(self.receipt.state, self.receipt.state)

    @property
    def proof_family(self) -> str:
        return PROOF_FAMILIES.get(self.proof, "idle")

    @property
    def proof_words(self) -> str:
        return PROOF_WORDS.get(self.proof, "")

    @property
    def payment_id(self) -> int | None:
        number: int | None = getattr(self.receipt, "payment_id", None)
        return number


def shown(receipt: HandReceipt, now: datetime | None = None) -> ShownReceipt:
    return ShownReceipt(
        receipt,
        code(receipt),
        Money(receipt.amount_minor, receipt.currency),
        proof_of(receipt, now or timezone.now()),
    )


def receipt_or_404(actor: Actor, text: str) -> HandReceipt:
    number = number_in(text)
    try:
        return receipt_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such receipt by hand in your markets.") from None
