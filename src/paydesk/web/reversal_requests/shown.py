"""A reversal request as lists and pages show it. States and colours come from the domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.reversal_requests.queries import code, request_for
from paydesk.domain.reversal_requests.rules import CONTESTS, REASONS
from paydesk.domain.reversal_requests.states import REVERSAL_REQUEST
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.addresses import code_in, number_in, page_of

if TYPE_CHECKING:
    from paydesk.domain.reversal_requests.models import ReversalRequest

SEE, ANSWER = "payments.answer_reversal_request:view", "payments.answer_reversal_request"
STATE_WORDS = {
    "requested": "to answer, nothing held",
    "locked": "to answer",
    "accepted": "agreed, row awaited",
    "contested": "contested",
    "reversed": "taken by the provider",
    "released": "closed for us",
}


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """One request; its payment is loaded."""

    request: ReversalRequest
    code: str
    amount: Money

    @property
    def url(self) -> str:
        return page_of("reversal_request", self.request.pk)

    @property
    def payment_code(self) -> str:
        return code_in("payment", self.request.payment_id)

    @property
    def family(self) -> str:
        return REVERSAL_REQUEST.family(self.request.state)

    @property
    def word(self) -> str:
        return STATE_WORDS[self.request.state]

    @property
    def reason(self) -> str:
        return REASONS[self.request.reason]

    @property
    def contest(self) -> str:
        return CONTESTS.get(self.request.contest_reason, "")

    @property
    def payer(self) -> str:
        payment = self.request.payment
        return payment.statement_line.payer_name or (payment.customer.name if payment.customer else "")

    @property
    def provider(self) -> str:
        return str(self.request.payment.source_account.provider.name)


def shown(request: ReversalRequest) -> ShownRequest:
    return ShownRequest(request, code(request), Money(request.amount_minor, request.currency))


def request_or_404(actor: Actor, text: str) -> ReversalRequest:
    number = number_in("reversal_request", text)
    try:
        return request_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such reversal request in your markets.") from None
