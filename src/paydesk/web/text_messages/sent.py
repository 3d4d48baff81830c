"""What left as text messages: when, what kind, what became of it, what it cost; numbers masked for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.queries import cases
from paydesk.domain.text_messages.queries import texts
from paydesk.domain.text_messages.rules import KINDS, money
from paydesk.domain.text_messages.states import TEXT
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.sight import looking
from paydesk.web.templatetags.desk import state_words
from paydesk.web.text_messages.forms import SentFilters
from paydesk.web.text_messages.views import SEE
from paydesk.web.workbook import check_fits, list_download

CASES = "cases.work:view"
HEAD = ("Sent (UTC)", "Number", "Kind", "State", "Case", "Market", "Parts", "Cost", "Currency", "Why")


def _found(actor: Actor, filters: SentFilters) -> Any:
    return texts(actor, cases(actor)).filter(**filters.conditions)


def _row(text: Any) -> dict[str, Any]:
    known = text.cost is not None
    cost = text.cost if known else text.gateway.price * text.parts
    return {
        "text": text, "case": code_in("case", text.case_id), "kind": KINDS[text.kind],
        "state": (TEXT.family(text.state), state_words(text.state)),
        "cost": money(cost, text.gateway.currency), "is_reckoned": not known,
    }  # fmt: skip


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def sent(request: HttpRequest) -> HttpResponse:
    """Newest first; the same partial at the first paint and after a filter."""
    actor, number = actor_of(request), page_number(request)
    filters, start = SentFilters(request, actor), (number - 1) * PAGE_SIZE
    found = _found(actor, filters)[start : start + PAGE_SIZE + 1]
    known = {
        "tab": "sent",
        "filters": filters,
        "page": Page.of((_row(each) for each in found), number),
        "here": reverse("text_messages:list"),
        "sees_cases": actor.may(CASES),
        "may_export": gate(actor, "export"),
        "csv_url": reverse("text_messages:export", args=["csv"]),
        "xlsx_url": reverse("text_messages:export", args=["xlsx"]),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(request, f"text_messages/{'_sent' if target == 'sent' else 'sent'}.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What is shown with the filters of the address, all of it; numbers masked."""
    eyes = looking(request)
    found = _found(eyes.actor, SentFilters(request, eyes.actor))
    check_fits(found, kind, "text messages")

    def rows() -> Iterator[list[Any]]:
        for text in found.iterator(chunk_size=2000):
            cost = text.cost if text.cost is not None else text.gateway.price * text.parts
            yield [
                f"{text.at:%Y-%m-%d %H:%M:%S}", eyes.phone(text.number), KINDS[text.kind],
                state_words(text.state), code_in("case", text.case_id), text.case.market, text.parts,
                str(cost), text.gateway.currency, text.why,
            ]  # fmt: skip

    return list_download(f"text-messages-{timezone.localdate().isoformat()}", kind, HEAD, rows())
