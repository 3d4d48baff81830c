"""Writing off what little is left open of a due item: asked for here, decided by a second person."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.contracts.queries import schedule_of
from paydesk.domain.payments import previews
from paydesk.domain.payments.actions import request_write_off
from paydesk.foundation.approvals.queries import pending_about
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.contracts.picking import contract_or_404
from paydesk.web.payments.effects_shown import looked_at


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
    actor, now = actor_of(request), timezone.now()
    contract = contract_or_404(actor, code)
    item = next((due for due in schedule_of(contract.pk) if due.pk == item_id), None)
    if item is None:
        raise Http404("There is no such due item of this contract.")
    form = NoteForm(request.POST if request.method == "POST" else None, auto_id="write_off_%s")
    back = came_from(request, page_of("contract", contract.pk))
    if request.method == "POST" and form.is_valid():
        request_write_off(item.pk, note=form.cleaned_data["note"], by=actor, now=now)
        return done(request, back, "Asked. A second person decides on it.")
    known = {
        "contract": contract,
        "code": code,
        "item": item,
        "left": Money(item.amount_minor - item.allocated_minor, contract.currency),
        "form": form,
        "at": back,
        "waits": pending_about("due_item", [item.pk]).get(item.pk),
    } | looked_at(lambda: previews.write_off_effects(item.pk, by=actor, now=now))
    return render(request, "contracts/write_off.html", known, status=422 if form.errors else 200)
