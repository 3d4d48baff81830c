"""The dialog that asks for the reason, and the revealing itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments.queries import payment_for
from paydesk.domain.statements.queries import file_for
from paydesk.foundation.people.actions import reveal
from paydesk.foundation.people.masking import REASON_LENGTH, REVEAL_MINUTES
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.sight import looking, subject_of

FIELD_WORDS = {
    "name": "name", "phone": "phone numbers", "identity": "identity numbers",
    "original": "every name and number of the rows",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hidden:
    """What would be revealed, and how it is called where it is still masked."""

    subject: tuple[str, int]
    market: str | None
    values: list[str]
    words: str
    fields: list[str]

    @property
    def what(self) -> str:
        """ "Name, phone numbers and identity numbers"."""
        words = [FIELD_WORDS[field] for field in self.fields]
        text = " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
        return text[:1].upper() + text[1:]


@needs("customers.reveal")
def reveal_one(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """Ask why; then show this customer or payer in clear for a while, and come back to the page."""
    actor = actor_of(request)
    hidden = _hidden(request, kind, code)
    fields = hidden.fields
    back = request.POST.get("next") or request.GET.get("next") or page_of(*hidden.subject)
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = page_of(*hidden.subject)
    problem, reason = "", request.POST.get("reason", "")
    if request.method == "POST" and fields:
        try:
            reveal(
                hidden.subject, fields, reason=reason, hidden=hidden.values, market=hidden.market,
                by=actor, now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            if refused.code != "reveal.reason":
                raise
            problem = refused.text
    if request.method == "POST" and not problem:
        if kind == "file":
            messages.success(request, f"You can download {code} as it came for {REVEAL_MINUTES} minutes.")
        return _back(request, back)
    known = {
        "what": hidden.what, "code": code, "kind": kind, "who": hidden.words, "fields": fields,
        "minutes": REVEAL_MINUTES,
        "longest": REASON_LENGTH[1], "problem": problem, "reason": reason, "next": back,
    }  # fmt: skip
    return render(request, "reveal/ask.html", known, status=422 if problem else 200)


def _back(request: HttpRequest, back: str) -> HttpResponseBase:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(back)
    response = HttpResponse()
    response["HX-Redirect"] = back
    return response


def _hidden(request: HttpRequest, kind: str, code: str) -> Hidden:
    """The customer, payment or file behind `code`, as far as the person's markets reach; else 404."""
    actor, fields = actor_of(request), looking(request).sight.hides()
    number = number_in(kind, code) if kind in ("customer", "payment", "file") else None
    if number is None or number >= 2**63:
        raise Http404
    try:
        if kind == "file":
            file = file_for(actor, number)
            market = file.source_account.market if file.source_account else None
            return Hidden(("file", number), market, [], "the file as it came", ["original"] if fields else [])
        if kind == "customer":
            customer = customer_for(actor, number)
        else:
            payment = payment_for(actor, number)
            line, customer = payment.statement_line, payment.customer
            if customer is None:
                values = [line.payer_name, line.msisdn]
                return Hidden(("payment", number), payment.market, values, "the payer", fields)
    except ObjectDoesNotExist:
        raise Http404 from None
    identities = [each.number for each in customer.identities.all()]
    if identities:
        fields.append("identity")
    values = [customer.name, *(phone.msisdn for phone in customer.phones.all()), *identities]
    subject = subject_of(customer)
    assert subject is not None
    return Hidden(subject, customer.market, values, "this customer", fields)
