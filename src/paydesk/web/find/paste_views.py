"""Paste: what became of a customer's message, or of up to 200 codes, phones or names. Nothing is stored.

All of it comes and goes in the body of the request: no pasted word stands in an address or a log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from paydesk.domain.payments.rules import why
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.pasted_text import MOST_ITEMS, PLANS_READ, TooMuchPastedError, read_pasted
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.search.pasted import Answer, State, find_pasted
from paydesk.web.access import actor_of, declares
from paydesk.web.addresses import code_in, page_of
from paydesk.web.payments.page import may_apply
from paydesk.web.payments.shown import Badge
from paydesk.web.sight import Looking, looking
from paydesk.web.workbook import Cell, list_download

HEAD = ("Pasted", "Found as", "State", "Payment", "Account number", "Customer", "Currency", "Amount",
        "Value date", "Note")  # fmt: skip
BADGES: dict[State, Badge] = {
    "applied": Badge("settled", "applied in full"),
    "unapplied": Badge("held", "unapplied"),
    "suspense": Badge("held", "in suspense"),
    "gone": Badge("returned", "taken back"),
    "pending": Badge("moving", "pending"),
    "rejected": Badge("failed", "rejected row"),
    "kept": Badge("idle", "kept, no payment"),
    "known": Badge("settled", "known"),
    "unknown": Badge("failed", "not found"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One answer, ready to be shown; `pasted` as this person may see it."""

    pasted: str
    answer: Answer
    badge: Badge
    amount: Money | None
    on: Any
    url: str
    code: str
    why: str
    apply_url: str

    @property
    def note(self) -> str:
        return self.answer.note


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("pasted")
@declares("")
def paste(request: HttpRequest) -> HttpResponseBase:
    """The box, and once something was pasted the table of answers; with `export` the table as a file."""
    text = request.POST.get("pasted", "")
    known: dict[str, Any] = {"pasted": text, "most": MOST_ITEMS, "asked": request.method == "POST"}
    if request.method != "POST":
        return render(request, "find/paste.html", known)
    actor = actor_of(request)
    try:
        items = read_pasted(text, markets=PLANS_READ if actor.markets is None else actor.markets)
    except TooMuchPastedError as problem:
        return render(request, "find/paste.html", known | {"problem": str(problem)}, status=422)
    rows = [shown_row(answer, looking(request)) for answer in find_pasted(actor, items)]
    kind = request.POST.get("export", "")
    if kind in ("csv", "xlsx"):
        actor.needs("export")
        return list_download(
            f"pasted-{timezone.localdate().isoformat()}", kind, HEAD, cells(rows, looking(request))
        )
    answer: HttpResponse = render(request, "find/paste.html", known | {"rows": rows, "tally": tally(rows)})
    answer["Cache-Control"] = "no-store"
    return answer


def shown_row(answer: Answer, eyes: Looking) -> Row:
    payment, line = answer.payment, answer.line
    amount: Money | None = None
    if payment is not None:
        amount = Money(payment.amount_minor, payment.currency)
    elif line is not None and (minor := exact_minor(line.amount, line.currency)) is not None:
        amount = Money(minor, line.currency)
    elif answer.pending is not None and answer.pending.amount_minor is not None:
        amount = Money(answer.pending.amount_minor, answer.pending.currency)
    apply_url = ""
    if payment is not None and payment.open_minor and may_apply(eyes.actor, payment).allowed:
        back = urlencode({"at": page_of("payment", payment.pk)})
        apply_url = f"{reverse('payments:apply', args=[payment.pk])}?{back}"
    return Row(
        as_pasted(answer, eyes), answer, BADGES[answer.state], amount,
        payment.value_on if payment else line.value_on if line else None,
        *where(answer), why_it_is_there(answer, eyes), apply_url,
    )  # fmt: skip


def as_pasted(answer: Answer, eyes: Looking) -> str:
    """What was pasted: a message in short. A name or phone as this person may see those that we have."""
    item = answer.item
    if item.kind == "name":
        return eyes.name(item.text)
    if item.kind == "message":
        said = " ".join([*item.codes[:1], f"{item.amount} {item.currency}" if item.amount else ""]).strip()
        return f"Message: {said}" if said else f"Message: {eyes.free_text(item.text[:60])}"
    return item.text


def where(answer: Answer) -> tuple[str, str]:
    """The page of what was found, and its code."""
    if answer.payment is not None:
        return page_of("payment", answer.payment.pk), code_of("PAY", answer.payment.pk)
    if answer.pending is not None:
        return page_of("pending", answer.pending.pk), code_in("pending", answer.pending.pk)
    if answer.rejected is not None:
        code = code_in("file", answer.rejected.file_id)
        return reverse("intake:rejected", args=[code]), f"{code} row {answer.rejected.line_no}"
    if answer.line is not None:
        code = code_in("file", answer.line.file_id)
        return reverse("intake:lines", args=[code]), f"{code} row {answer.line.line_no}"
    if answer.contract is not None:
        return page_of("contract", answer.contract.pk), ""
    return (page_of("customer", answer.customer.pk), "") if answer.customer is not None else ("", "")


def why_it_is_there(answer: Answer, eyes: Looking) -> str:
    """How the payer was found, where one was."""
    payment = answer.payment
    if payment is None or payment.customer_id is None or answer.item.kind in ("phone", "name"):
        return ""
    number = payment.contract.account_number if payment.contract else None
    return eyes.sentence(
        why(payment.rule, payment.matched_key, account_number=number), None, names=[],
        phones=[payment.statement_line.msisdn],
    )  # fmt: skip


def tally(rows: list[Row]) -> list[tuple[Badge, int]]:
    """How many there are of each state, in the order of BADGES."""
    counts = [(badge, sum(row.badge == badge for row in rows)) for badge in BADGES.values()]
    return [(badge, count) for badge, count in counts if count]


def cells(rows: list[Row], eyes: Looking) -> Iterator[list[Cell]]:
    for row in rows:
        answer = row.answer
        yield [
            row.pasted, answer.found_as, row.badge.word, row.code,
            answer.contract.account_number if answer.contract else "",
            eyes.name(answer.customer.name) if answer.customer else "",
            row.amount.currency if row.amount else "", row.amount.amount if row.amount else None, row.on,
            row.note,
        ]  # fmt: skip
