"""Which customer is writing or calling, where nothing in the case said it: found by what they name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.states import OPEN
from paydesk.domain.contracts.queries import contracts_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.answers import came_from
from paydesk.web.cases.shown import WORK, case_or_404, shown
from paydesk.web.customers.finding import found_customers
from paydesk.web.language import spoken

MOST = 6


@require_safe
@needs(WORK)
@vary_on_headers("HX-Request", "HX-Target")
def who(request: HttpRequest, public_code: str) -> HttpResponse:
    """Customers of the case's market by account number, phone, name or code; which of them it is, is a press.

    Naming them proves nothing: they are verified afterwards. Until something is typed, those who use the
    number that called.
    """
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    each, text = shown(case), request.GET.get("q", "").strip()
    sought = text or (case.contact if case.contact.isdigit() else "")
    rows = found_customers(actor, sought, [case.market], market=case.market).rows if sought else []
    accounts: dict[int, list[str]] = {}
    for contract in contracts_of(actor, [row.pk for row in rows[:MOST]]) if rows else ():
        accounts.setdefault(contract.customer_id, []).append(contract.account_number)
    is_open = case.state in OPEN
    known = {
        "each": each, "case": case, "text": text, "more": len(rows) > MOST,
        "at": came_from(request, page_of("case", case.pk)),
        "found": [(code_in("customer", row.pk), row, accounts.get(row.pk, [])) for row in rows[:MOST]],
        "blocked": gate(actor, WORK).reason
        or ("" if is_open else _("This case is %s: look at it again.") % spoken(each.word)),
    }  # fmt: skip
    part = request.htmx.target == "who-found"  # type: ignore[attr-defined]
    return render(request, "cases/_who_found.html" if part else "cases/who.html", known)
