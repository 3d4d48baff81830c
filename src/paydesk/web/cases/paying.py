"""A link that shows how to pay, put into what is being written, instead of a card by phone."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.cases.hearing import known_where_answered, why_not_for
from paydesk.domain.cases.identity import why_not
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.contracts.actions import make_pay_link
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import WORK, case_or_404, shown

WORDS = "Here is how to pay your account:"


class PayLinkForm(forms.Form):
    with_amount = forms.BooleanField(label="With what is due now", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(WORK)
def pay_link(request: HttpRequest, public_code: str, contract_id: int) -> HttpResponse:
    """Ask whether it says what is due, then put the address into the answer that is being written."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, public_code)
    if ("contract", contract_id) not in link_pairs(case.pk):
        raise Http404("This case is about no such contract.")
    is_sent = request.method == "POST"
    form = PayLinkForm(request.POST if is_sent else None, auto_id="pay_%s")
    level = known_where_answered(case, now)
    why = why_not("pay_link.with_amount", level=level, party_role=case.party_role)
    why = why or why_not_for(case, [("contract", contract_id)])
    if is_sent and form.is_valid():
        address = request.build_absolute_uri(reverse("public:pay", args=["x"]))[:-1]
        make_pay_link(
            contract_id, case_id=case.pk, with_amount=form.cleaned_data["with_amount"], words=WORDS,
            address=address, by=actor, now=now,
        )  # fmt: skip
        return done(request, came_from(request, page_of("case", case.pk)), "The link stands in your answer.")
    known = {
        "each": shown(case), "case": case, "form": form, "why": why, "contract_id": contract_id,
        "at": came_from(request, page_of("case", case.pk)), "blocked": gate(actor, WORK).reason,
    }  # fmt: skip
    return render(request, "cases/pay_link.html", known, status=422 if is_sent else 200)
