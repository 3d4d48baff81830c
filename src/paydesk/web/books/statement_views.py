"""The statement of account of a contract: asking for the days, and the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import Refused
from paydesk.reporting.books.queries.statement import statement_of
from paydesk.web.access import actor_of, needs
from paydesk.web.books.names import name_for
from paydesk.web.contracts.forms import day_input
from paydesk.web.contracts.local_days import local_days
from paydesk.web.contracts.views import contract_of
from paydesk.writers.statement_of_account import write_pdf, write_xlsx

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract

RIGHT = "customers:view"
WRITERS = {
    "statement.pdf": ("pdf", "application/pdf", write_pdf),
    "statement.xlsx": (
        "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx
    ),
}  # fmt: skip


class PeriodForm(forms.Form):
    since = forms.DateField(label="From", widget=day_input())
    through = forms.DateField(label="Through", widget=day_input())

    def __init__(self, said: Any, **more: Any) -> None:
        super().__init__(said, **more)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


@require_safe
@needs(RIGHT)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Asks for the days of the statement: from the opening of the contract through today, unless changed."""
    contract = contract_of(request, code)
    today = local_days(actor_of(request), timezone.now())[contract.market].today
    form = PeriodForm(None, initial={"since": contract.opened_on, "through": today})
    return render(
        request,
        "books/statement.html",
        {"contract": contract, "code": code_of("CON", contract.pk), "form": form,
         "name": name_for(actor_of(request), contract.customer.name)},
    )  # fmt: skip


@require_safe
@needs(RIGHT)
@needs("export")
def download(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The statement as a PDF or a workbook."""
    if form not in WRITERS:
        raise Http404
    contract, period = contract_of(request, code), PeriodForm(request.GET)
    if not period.is_valid() or period.cleaned_data["since"] > period.cleaned_data["through"]:
        raise Refused(
            "Say from which day through which day, the first not after the last.", code="statement.no_period"
        )
    ending, content_type, write = WRITERS[form]
    statement = statement_for(request, contract, period.cleaned_data)
    response = HttpResponse(write(statement), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{statement.file_name}.{ending}"'
    return response


def statement_for(request: HttpRequest, contract: Contract, period: dict[str, Any]) -> Any:
    actor, now = actor_of(request), timezone.now()
    market = local_days(actor, now)[contract.market].market
    return statement_of(
        actor,
        contract,
        since=period["since"],
        through=period["through"],
        name=name_for(actor, contract.customer.name),
        market=market.name,
        printed_at=timezone.localtime(now, ZoneInfo(market.time_zone)),
    )
