"""Goodwill as lists, pages, cases and approvals show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.goodwill.queries import amount_of, code, goodwill, goodwill_for
from paydesk.domain.goodwill.rules import REASONS
from paydesk.domain.goodwill.states import GOODWILL
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.addresses import code_in, number_in, page_of

if TYPE_CHECKING:
    from paydesk.domain.goodwill.models import Goodwill

GIVE, SEE = "goodwill.give", "goodwill.give:view"
STATE_WORDS = {"requested": "to decide", "undone": "taken back"}


@dataclass(frozen=True, slots=True)
class ShownGoodwill:
    """One gift; its case, customer and contract are loaded."""

    given: Goodwill
    code: str
    amount: Money

    @property
    def url(self) -> str:
        return page_of("goodwill", self.given.pk)

    @property
    def family(self) -> str:
        return GOODWILL.family(self.given.state)

    @property
    def word(self) -> str:
        return STATE_WORDS.get(self.given.state, self.given.state)

    @property
    def reason(self) -> str:
        return REASONS[self.given.reason]

    @property
    def goes_to(self) -> str:
        if self.given.contract is not None:
            return f"account {self.given.contract.account_number}"
        return "their credit balance"

    @property
    def case_code(self) -> str:
        return code_in("case", self.given.case_id)

    @property
    def payment_code(self) -> str:
        return code_in("payment", self.given.payment_id) if self.given.payment_id else ""


def shown(given: Goodwill) -> ShownGoodwill:
    return ShownGoodwill(given, code(given), amount_of(given))


def goodwill_or_404(actor: Actor, public_code: str) -> Goodwill:
    number = number_in("goodwill", public_code)
    if number is None or number >= 2**63:
        raise Http404("There is no goodwill with this code.")
    try:
        return goodwill_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such goodwill in your markets.") from None


def lines_of(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[str, Money, tuple[str, str], int]]:
    """(line, amount, badge, whose) of goodwill that cases are about; one query."""
    found = {}
    for given in goodwill(actor).filter(pk__in=ids):
        each = shown(given)
        found[given.pk] = (
            f"{each.reason}, to {each.goes_to}", each.amount, (each.family, each.word), given.customer_id,
        )  # fmt: skip
    return found
