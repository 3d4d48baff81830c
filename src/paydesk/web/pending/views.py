"""Payments that are not final: who, how much, since when, what was asked and answered, what is next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.callbacks.actions import ask_again, close_pending
from paydesk.domain.callbacks.connections import has_connection
from paydesk.domain.callbacks.queries import answers_about, pending_for, pending_payments
from paydesk.domain.callbacks.rules import OUTCOMES, next_step
from paydesk.domain.callbacks.states import OPEN, PENDING
from paydesk.domain.providers.queries import source_accounts
from paydesk.foundation.assignments.queries import of_whom
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of, number_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import confirmed, unchanged
from paydesk.web.clocks.chips import chips_of
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.saved import first_view, tabs_of
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.whose import WHOSE, filters_in
from paydesk.web.queues.work import RowWork, rows_work, work_of
from paydesk.web.sight import looking
from paydesk.web.templatetags.desk import state_words
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.callbacks.models import PendingPayment
    from paydesk.domain.providers.models import SourceAccount

ALL = "all"
EXPORTED_ROWS = 100_000
HEAD = (
    "Pending", "State", "Account", "Id there", "Reference", "Amount", "Currency", "Payer", "Phone",
    "Heard of (UTC)", "Asked", "Next step",
)  # fmt: skip
FAMILY_OF_OUTCOME = {
    "success": "settled", "pending": "moving", "failed": "failed", "unreachable": "held", "unclear": "held",
    "not_set_up": "idle",
}  # fmt: skip


class PendingFilters(AddressFilters):
    """State and account, as they stand in the address; without a state, those that still wait."""

    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", "still open"),
            *((state, state_words(state)) for state in PENDING.states),
            (ALL, "all"),
        ],
    )
    account = forms.ChoiceField(required=False)
    whose = forms.ChoiceField(required=False, choices=[("", "any"), *WHOSE.items()])
    reference = forms.CharField(
        required=False, max_length=100, label="Id or reference",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, accounts: Iterable[SourceAccount]) -> None:
        super().__init__(request)
        fields: dict[str, Any] = self.fields
        fields["account"].choices = [ANY, *((str(each.pk), each.name) for each in accounts)]

    @property
    def lookups(self) -> dict[str, Any]:
        wanted = self.wanted
        state = wanted.get("state")
        found: dict[str, Any] = {}
        if state != ALL:
            found["state__in"] = [state] if state else list(OPEN)
        if account := wanted.get("account"):
            found["source_account_id"] = int(account)
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """One pending payment in the list."""

    pending: PendingPayment
    code: str
    url: str
    amount: Money | None
    family: str
    next_step: str
    work: RowWork


@require_safe
@needs("payments:view")
@vary_on_headers("HX-Request", "HX-Target")
def pending_list(request: HttpRequest) -> HttpResponse:
    """The longest waiting first; one opened beside the list."""
    filters = PendingFilters(request, source_accounts(actor_of(request)))
    target = request.htmx.target  # type: ignore[attr-defined]
    tabs = tabs_of(request, "pending") if target not in ("detail", "pending-list") else []
    if (first := first_view(request, tabs)) is not None:
        return first
    known: dict[str, Any] = {"filters": filters, "query": filters.address, "tabs": tabs}
    known["saveable"] = urlencode(filters_in(request.GET.dict()))
    if target != "pending-list":
        known |= _opened(request)
        if known.get("pending") and (same := unchanged(request, known["version"])) is not None:
            return same
    if target == "detail":
        return render(request, "pending/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = _found(request, filters)[start : start + PAGE_SIZE + 1]
    known["page"] = Page.of(_rows(request, found), number)
    return render(request, "pending/_list.html" if target == "pending-list" else "pending/list.html", known)


def _found(request: HttpRequest, filters: PendingFilters) -> Any:
    found = pending_payments(actor_of(request), filters.lookups)
    if whose := filters.wanted.get("whose"):
        today = timezone.localdate()
        found = of_whom(found, "pending", whose, actor_of(request), today, since="heard_at__date")
    if text := filters.wanted.get("reference"):
        found = found.filter(ask_ref=text) | found.filter(reference=text)
    return found


def _rows(request: HttpRequest, found: Iterable[PendingPayment]) -> Iterable[Row]:
    rows = list(found)
    today = timezone.localdate()
    work = rows_work("pending", [(each.pk, each.heard_at.date()) for each in rows], today)
    for pending in rows:
        code = code_of("PND", pending.pk)
        query = request.GET.copy()
        query["open"] = code
        yield Row(
            pending,
            code,
            f"{request.path}?{query.urlencode()}",
            _amount(pending),
            PENDING.family(pending.state),
            _next_step(pending),
            work[pending.pk],
        )


def _amount(pending: PendingPayment) -> Money | None:
    return Money(pending.amount_minor, pending.currency) if pending.amount_minor else None


def _next_step(pending: PendingPayment) -> str:
    can_ask = has_connection(pending.source_account)
    return next_step(pending.state, can_ask=can_ask, asked=pending.asked)


def _opened(request: HttpRequest, code: str = "") -> dict[str, Any]:
    """The payment that is open beside the list, with what was asked and answered."""
    code = code or request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    pending = _pending(request, code)
    answers = list(answers_about(pending))
    names = names_by_label(answer.actor for answer in answers)
    is_open = PENDING.may("fail", pending.state)
    may = gate(actor_of(request), "files.import")
    return {
        "open_code": code_of("PND", pending.pk),
        "pending": pending,
        "amount": _amount(pending),
        "family": PENDING.family(pending.state),
        "next_step": _next_step(pending),
        "version": f"{pending.version}-{len(answers)}",
        "work": work_of(actor_of(request), subject_of("pending", pending)),
        "chips": chips_of(actor_of(request), "pending", pending.pk, timezone.now()),
        "at_query": "",
        "page_of": ("pending", pending.pk),
        "is_being_asked": is_open and pending.due_at is not None and pending.due_at <= timezone.now(),
        "is_open": is_open,
        "can_ask": has_connection(pending.source_account),
        "may": may,
        "may_close": PENDING.may("expire", pending.state),
        "events": [
            {
                "at": answer.asked_at,
                "family": FAMILY_OF_OUTCOME[answer.outcome],
                "title": OUTCOMES[answer.outcome][:1].upper() + OUTCOMES[answer.outcome][1:],
                "text": " ".join(part for part in (answer.question, answer.note) if part),
                "by": f"asked by {names[answer.actor]}",
                "url": reverse("callbacks:page", args=[code_of("MSG", answer.message_id)])
                if answer.message_id
                else "",
            }
            for answer in answers
        ],
    }


def _pending(request: HttpRequest, code: str) -> PendingPayment:
    number = number_of("PND", code)
    if number is None or number >= 2**63:
        raise Http404("There is no such pending payment.")
    try:
        return pending_for(actor_of(request), number)
    except ObjectDoesNotExist:
        raise Http404("There is no such pending payment in your markets.") from None


@require_safe
@needs("payments:view")
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A pending payment by its code alone: the list with it open."""
    pending = _pending(request, code)
    return redirect(
        f"{reverse('pending:list')}?{urlencode({'state': ALL, 'open': code_of('PND', pending.pk)})}"
    )


@require_POST
@needs("files.import")
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Have the provider asked now; the answer shows when it is there."""
    pending = ask_again(_pending(request, code).pk, by=actor_of(request), now=timezone.now())
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, "The provider is asked; its answer shows here.")
        return redirect("pending:page", code_of("PND", pending.pk))
    answer = render(request, "pending/_detail.html", _opened(request, code))
    return confirmed(answer, "The provider is asked; its answer shows here.")


@needs("files.import")
def close(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask for the reason, then close a stale payment by hand."""
    pending = _pending(request, code)
    if request.method == "POST":
        close_pending(
            pending.pk, reason=request.POST.get("reason", ""), by=actor_of(request), now=timezone.now()
        )
        messages.success(request, "Closed. Should its success still come, it is posted all the same.")
        address = reverse("pending:page", args=[code_of("PND", pending.pk)])
        htmx = request.htmx  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address) if htmx else redirect(address)
    known = {"pending": pending, "open_code": code_of("PND", pending.pk), "amount": _amount(pending)}
    return render(request, "pending/close.html", known)


@exports("payments:view")
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The pending payments of the filters in the address, as CSV or XLSX."""
    filters = PendingFilters(request, source_accounts(actor_of(request)))
    eyes = looking(request)
    rows = (
        [
            row.code, row.pending.state, row.pending.source_account.name, row.pending.ask_ref,
            row.pending.reference, row.amount.amount if row.amount else None, row.pending.currency,
            eyes.name(row.pending.payer_name), eyes.phone(row.pending.msisdn),
            f"{row.pending.heard_at:%Y-%m-%d %H:%M:%S}", row.pending.asked, row.next_step,
        ]
        for row in _rows(request, _found(request, filters)[:EXPORTED_ROWS])
    )  # fmt: skip
    return list_download(f"pending-{timezone.localdate().isoformat()}", kind, HEAD, rows)
