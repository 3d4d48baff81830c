"""Opening a dispute of a payment: from its page, or from the case of whoever contests it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.disputes.actions import open_dispute
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.proving import case_in
from paydesk.web.disputes.deeds import dialog_view
from paydesk.web.disputes.forms import Open
from paydesk.web.disputes.shown import ANSWER, SEE, of_payment, shown
from paydesk.web.payments.named import payments_named
from paydesk.web.payments.page import payment_or_404
from paydesk.web.payments.shown import shown as payment_shown


@dialog_view
@needs(SEE)
def open_(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask for the notice, then open it: the clock runs from there."""
    actor, now = actor_of(request), timezone.now()
    payment, case = payment_or_404(actor, payment_id), case_in(request)
    is_sent, status = request.method == "POST", 200
    form = Open(request.POST if is_sent else None, payment=payment, auto_id="dispute_%s")
    if is_sent:
        status = 422
        actor.needs(ANSWER, market=payment.market)
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = open_dispute(
                    payment.pk, amount=said["money"], **form.said, is_inquiry=said["is_inquiry"],
                    note=said["note"], case_id=case.pk if case else None, by=actor, now=now,
                )  # fmt: skip
            except NotAllowedRefused:
                raise
            except Refused as refused:
                form.add_error(None, refused.text)
                status = 409
            else:
                told = _("%s is open.") % shown(made).code
                return done(request, came_from(request, page_of("dispute", made.pk)), told)
    known = {
        "form": form,
        "payment": payment,
        "each": payment_shown(payment),
        "case_code": case_code(case) if case else "",
        "open_ones": [each for each in of_payment(payment.pk) if each.is_open],
        "allowed": gate(actor, ANSWER),
        "at": came_from(request, page_of("payment", payment.pk)),
    }
    return render(request, "disputes/open.html", known, status=status)


@dialog_view
@needs(SEE)
def choose(request: HttpRequest) -> HttpResponse:
    """Which payment the provider speaks of: our code, or the provider's own."""
    text = request.GET.get("q", "").strip()
    known: dict[str, Any] = {"q": text}
    if text:
        rows = payments_named(actor_of(request), text)
        if len(rows) == 1:
            return redirect("disputes:open", rows[0].pk)
        known["rows"] = [payment_shown(each) for each in rows]
    return render(request, "disputes/choose.html", known)
