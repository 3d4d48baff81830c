"""The page that shows how to pay an account, instead of a card number told on the phone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.contracts.pay_links import link_behind
from paydesk.domain.contracts.queries import contract_behind_link, standings
from paydesk.domain.providers.queries import accounts_to_pay_into
from paydesk.kernel.money import Money
from paydesk.web.public.limits import LOOKS
from paydesk.web.public.pages import gone, language_of, page, public


@public(LOOKS)
@require_safe
def pay(request: HttpRequest, secret: str) -> HttpResponse:
    """Where to pay, with which reference, and what is due where the address was made to say it."""
    today, language = timezone.now().date(), language_of(request, "en")
    link = link_behind(secret, today)
    contract = contract_behind_link(link.contract_id) if link is not None else None
    if link is None or contract is None:
        return gone(language)
    due = None
    if link.with_amount:
        standing = standings([contract], on=today)[0]
        following = standing.next_due
        minor = standing.overdue_minor or (
            following.amount_minor - following.allocated_minor if following is not None else 0
        )
        due = Money(minor, contract.currency) if minor else None
    known = {
        "account": contract.account_number,
        "due": due,
        "ways": accounts_to_pay_into(contract.market, contract.currency),
        "until": link.until,
    }
    return page("pay", known, language=language, market=contract.market)
