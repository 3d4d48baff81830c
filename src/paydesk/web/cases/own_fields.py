"""The company's own fields of a case: shown on its page, filled in by one dialog, filtered by, exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.cases import actions
from paydesk.domain.cases.own_fields import OwnField, fields_of, shown_value, typed, value_of
from paydesk.domain.cases.queries import code, group_now, own_fields, with_value
from paydesk.domain.cases.states import OVER
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import SEE, WORK, case_or_404, shown
from paydesk.web.contracts.forms import ANY, day_input
from paydesk.web.language import spoken
from paydesk.web.sight import Looking
from paydesk.web.workbook import Cell

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case
    from paydesk.foundation.people.models import Market

IN_ADDRESS, SEEN = "f.", "seen."
YES_NO = [("yes", "yes"), ("no", "no")]
EMPTY = ("", "—")


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of a case: `words` are "" while it is empty, `is_missing` where it has to be filled in."""

    label: str
    words: str
    is_missing: bool
    day: date | None = None


def fields_on(case: Case, eyes: Looking) -> list[ShownField]:
    """The fields that a case has, in their order. No query beside that of the tree."""
    return [
        ShownField(
            each.label, words := _words(each, case, eyes),
            is_missing=each.is_required and not words,
            day=date.fromisoformat(words) if each.type == "date" and words else None,
        )
        for each in _of(case)
    ]  # fmt: skip


def _of(case: Case) -> list[OwnField]:
    return fields_of(own_fields(), case.category, group_now(case.category), case.field_values)


def _words(field: OwnField, case: Case, eyes: Looking) -> str:
    value = case.field_values.get(field.key)
    if value is None:
        return ""
    if field.type == "phone":
        return eyes.phone(str(value), case.customer or ("case", case.pk))
    return str(spoken(shown_value(field, value))) if field.type == "yes_no" else shown_value(field, value)


class OwnFields(forms.Form):
    """A field of the form for each of the case; what was typed is read by the verb alone."""

    def __init__(self, said: Any, case: Case) -> None:
        super().__init__(said, auto_id="own_%s")
        for each in _of(case):
            kept = typed(each, case.field_values.get(each.key))
            made = _control(each, kept)
            made.label, made.help_text, made.initial = each.label, each.help_text, kept
            self.fields[each.key] = made

    @property
    def seen(self) -> list[tuple[str, str]]:
        """What stood in each field when the dialog was opened; it comes back with what was typed."""
        return [(f"{SEEN}{key}", str(field.initial)) for key, field in self.fields.items()]


def _control(field: OwnField, kept: str = "") -> forms.Field:
    if field.type in ("choice", "yes_no"):
        listed = [(each, each) for each in field.choices] if field.type == "choice" else YES_NO
        if kept and kept not in dict(listed):
            listed = [*listed, (kept, kept)]
        return forms.ChoiceField(required=False, choices=[EMPTY, *listed])
    widgets: dict[str, forms.Widget] = {
        "date": day_input(),
        "number": forms.TextInput(attrs={"inputmode": "decimal"}),
        "amount": forms.TextInput(attrs={"placeholder": "12.50 GHS"}),
        "phone": forms.TextInput(attrs={"type": "tel"}),
    }
    return forms.CharField(required=False, max_length=400, widget=widgets.get(field.type, forms.TextInput()))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def fill(request: HttpRequest, public_code: str) -> HttpResponse:
    """Every field of the case in one dialog; what a person left as it was is not written."""
    actor, is_sent = actor_of(request), request.method == "POST"
    case = case_or_404(actor, public_code)
    form = OwnFields(request.POST if is_sent else None, case)
    blocked = gate(actor, WORK).reason or OVER.get(case.state, "")
    at = came_from(request, page_of("case", case.pk))
    if is_sent and form.is_valid():
        seen = {key: request.POST.get(f"{SEEN}{key}", str(form.fields[key].initial)) for key in form.fields}
        values = {key: text for key, text in form.cleaned_data.items() if text != seen[key]}
        actions.fill_fields(case.pk, values=values, seen=seen, by=actor, now=timezone.now())
        return done(request, at, f"{code(case)}: {spoken('Saved.')}")
    known = {"each": shown(case), "case": case, "form": form, "at": at, "blocked": blocked}
    return render(request, "cases/fill.html", known, status=422 if is_sent else 200)


def add_filters(form: forms.Form) -> None:
    """A filter for each field in use, `f.key` in the address; for a retired one where it is named there."""
    for each in own_fields():
        name = f"{IN_ADDRESS}{each.key}"
        if each.is_retired and name not in form.data:
            continue
        made = _control(each, str(form.data.get(name, "")) if each.type == "choice" else "")
        made.label = each.label
        if isinstance(made, forms.ChoiceField):
            made.choices = [ANY, *made.choices[1:]]
        form.fields[name] = made


def narrowed(found: QuerySet[Case], wanted: dict[str, Any], markets: Sequence[Market]) -> QuerySet[Case]:
    """Those with the values that are wanted; none where one is nothing that the field could hold."""
    market = next((each for each in markets if each.pk == wanted.get("market")), next(iter(markets), None))
    if market is None:
        return found
    for each in own_fields():
        text = wanted.get(f"{IN_ADDRESS}{each.key}")
        if not text:
            continue
        try:
            value = text if each.type == "choice" else value_of(
                each, str(text), market=market.pk, currency=market.currency
            )  # fmt: skip
        except ValueError:
            return found.none()
        found = with_value(found, each, value)
    return found


def exported() -> list[OwnField]:
    """The fields that have a column in the export: those in use; read once for all its rows."""
    return [each for each in own_fields() if not each.is_retired]


def export_head(fields: Sequence[OwnField]) -> list[str]:
    """Their columns; an amount has its currency beside it."""
    return [name for each in fields for name in _columns(each)]


def export_cells(case: Case, fields: Sequence[OwnField], eyes: Looking) -> list[Cell]:
    """The values of a case under `export_head`, phones as in a list."""
    return [cell for each in fields for cell in _cells(each, case.field_values.get(each.key), eyes)]


def _columns(field: OwnField) -> list[str]:
    return [field.label, f"{field.label}: currency"] if field.type == "amount" else [field.label]


def _cells(field: OwnField, value: Any, eyes: Looking) -> list[Cell]:
    if field.type == "amount":
        return [Money(value["minor"], value["currency"]).amount, value["currency"]] if value else [None, None]
    if value is None:
        return [None]
    if field.type == "phone":
        return [eyes.phone(str(value))]
    return [Decimal(value) if field.type == "number" else typed(field, value)]
