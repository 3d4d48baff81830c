"""Writing off what little is left open of a due item, and undoing that: asked for here, decided by two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.contracts.queries import schedule_of
from paydesk.domain.payments import previews
from paydesk.domain.payments.actions import request_owing_again, request_write_off
from paydesk.domain.payments.queries import write_off_of
from paydesk.foundation.approvals.queries import pending_about
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.contracts.picking import contract_or_404
from paydesk.web.payments.effects_shown import looked_at

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract, DueItem
    from paydesk.domain.payments.effects import Effects


class NoteForm(forms.Form):
    """Why, if there is more to say than the amount tells."""

    note = forms.CharField(
        label="Why, without names or numbers of customers",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("matching.write_off_small")
def write_off(request: HttpRequest, code: str, item_id: int) -> HttpResponse:
    """Show what writing off the rest of a due item changes, then ask a second person."""
    contract, item = _item_or_404(request, code, item_id)
    left = Money(item.amount_minor - item.allocated_minor, contract.currency)
    said = {
        "ask": "Ask to write off", "here": reverse("contracts:write_off", args=[code, item.pk]), "left": left,
        "told": "is left. Written off, it is an expense of the company, and the item is settled.",
    }  # fmt: skip
    return _asked(request, contract, item, request_write_off, previews.write_off_effects, said)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("matching.write_off_small")
def owe_again(request: HttpRequest, code: str, item_id: int) -> HttpResponse:
    """Show what undoing the write-off of a due item changes, then ask a second person."""
    contract, item = _item_or_404(request, code, item_id)
    off = write_off_of(item.pk)
    if off is None:
        raise Http404("Nothing of this due item is written off.")
    said = {
        "ask": "Ask to undo the write-off of", "left": Money(off.amount_minor, contract.currency),
        "here": reverse("contracts:owe_again", args=[code, item.pk]),
        "told": "was written off. Undone, it is no expense any more, and the item is open by it.",
    }  # fmt: skip
    return _asked(request, contract, item, request_owing_again, previews.owe_again_effects, said)


def _item_or_404(request: HttpRequest, code: str, item_id: int) -> tuple[Contract, DueItem]:
    contract = contract_or_404(actor_of(request), code)
    item = next((due for due in schedule_of(contract.pk) if due.pk == item_id), None)
    if item is None:
        raise Http404("There is no such due item of this contract.")
    return contract, item


def _asked(
    request: HttpRequest,
    contract: Contract,
    item: DueItem,
    ask: Callable[..., object],
    effects: Callable[..., Effects],
    said: dict[str, Any],
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    form = NoteForm(request.POST if request.method == "POST" else None, auto_id="write_off_%s")
    back = came_from(request, page_of("contract", contract.pk))
    if request.method == "POST" and form.is_valid():
        ask(item.pk, note=form.cleaned_data["note"], by=actor, now=now)
        return done(request, back, "Asked. A second person decides on it.")
    known = {
        "contract": contract,
        "item": item,
        "form": form,
        "at": back,
        "waits": pending_about("due_item", [item.pk]).get(item.pk),
        **said,
    } | looked_at(lambda: effects(item.pk, by=actor, now=now))
    return render(request, "contracts/write_off.html", known, status=422 if form.errors else 200)
