"""Which account a file is from and how its columns are read, with the first rows as they would be read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.statements.actions import FileRefused, map_file
from paydesk.domain.statements.file_tables import TableFile, is_table
from paydesk.importers.records import NotReadable
from paydesk.web.access import actor_of, needs
from paydesk.web.intake.mapping_form import MappingForm
from paydesk.web.intake.one_file import file_of, to_file, trail_of


@needs("files.import:view")
def mapping(request: HttpRequest, code: str) -> HttpResponseBase:
    """The form, also for a file that waits with its preview; sent, the worker reads the file by it."""
    found = file_of(request, code)
    if request.method == "GET":
        return mapping_page(request, found)
    actor = actor_of(request)
    account = request.POST.get("source_account", "")
    if not account.isdigit():
        raise FileRefused("Choose the account this file is from, or add it.", field="source_account")
    form = form_for(request, found) if is_table(found) else None
    map_file(
        found.pk,
        source_account_id=int(account),
        mapping=form.mapping.to_json() if form else None,
        save_as=request.POST.get("save_as", "").strip()[:100] if request.POST.get("save") else "",
        by=actor,
        now=timezone.now(),
    )
    messages.success(request, f"{found.filename} is being read.")
    return to_file(request, found)


def mapping_page(request: HttpRequest, found: Any) -> HttpResponse:
    """The page of a file that needs a person to say how it is read."""
    facts: dict[str, Any] = {"file": found, "tab": "mapping"} | trail_of(found)
    if not is_table(found):
        accounts = list(source_accounts(actor_of(request)))
        chosen = found.source_account_id
        return render(request, "intake/which_account.html", facts | {"accounts": accounts, "chosen": chosen})
    form = form_for(request, found)
    facts |= {"form": form, "accounts": form.accounts, "chosen": form.account.pk if form.account else None}
    return render(request, "intake/mapping.html", facts | {"shown": form.table.first_rows(form.mapping)})


@require_POST
@needs("files.import:view")
def first_rows(request: HttpRequest, code: str) -> HttpResponse:
    """The first rows by the mapping as the form stands now; nothing is stored."""
    form = form_for(request, file_of(request, code))
    facts = {"form": form, "file": form.table.file, "shown": form.table.first_rows(form.mapping)}
    return render(request, "intake/_first_rows.html", facts | {"is_update": True})


def form_for(request: HttpRequest, found: Any) -> MappingForm:
    """The form as it was sent, or as the desk proposes it; `base=guess` leaves a saved mapping aside."""
    data = request.POST if request.method == "POST" else None
    asked = data if data is not None else request.GET
    try:
        table = TableFile(found, sheet=asked.get("sheet", ""))
    except NotReadable as problem:
        raise FileRefused(str(problem)) from None
    return MappingForm(table, list(source_accounts(actor_of(request))), data, asked.get("base", ""))
