"""Saying how a table is read, beside its first rows; and the same as a map file for the command."""

from __future__ import annotations

from typing import Any

import yaml
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from paydesk.reporting.two_file_runs import queries
from paydesk.reporting.two_file_runs.actions import map_file
from paydesk.reporting.two_file_runs.queries import RIGHT
from paydesk.web.access import actor_of, needs
from paydesk.web.people_names import names_by_label
from paydesk.web.sight import looking
from paydesk.web.two_files.map_form import MapForm
from paydesk.web.two_files.shown import SIDE_WORDS, run_or_404, sees_people, shown


@needs(RIGHT)
def mapping(request: HttpRequest, code: str, side: str) -> HttpResponseBase:
    """The form; sent, the worker reads the file by it."""
    run = run_or_404(actor_of(request), code)
    form = _form(request, run, side)
    if request.method != "POST":
        return render(request, "two_files/mapping.html", _facts(run, code, side, form))
    save_as = request.POST.get("save_as", "").strip()[:100] if request.POST.get("save") else ""
    map_file(
        run.pk,
        side,
        map=form.map.to_json(),
        save_as=save_as,
        header=form.proposal.guess.fingerprint,
        by=actor_of(request),
        now=timezone.now(),
    )
    messages.success(request, f"{form.file.filename} is being read.")
    address = reverse("two_files:page", args=[code])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]


@require_POST
@needs(RIGHT)
def first_rows(request: HttpRequest, code: str, side: str) -> HttpResponse:
    """The first rows by the form as it stands now; nothing is stored."""
    run = run_or_404(actor_of(request), code)
    form = _form(request, run, side)
    facts = _facts(run, code, side, form) | {"is_update": True}
    return render(request, "two_files/_first_rows.html", facts)


@require_safe
@needs(RIGHT)
def as_yaml(request: HttpRequest, code: str) -> HttpResponse:
    """The maps of both files as the command takes them with --map."""
    run = run_or_404(actor_of(request), code)
    maps = {side: file.map for side, file in queries.sides_of(run).items() if file and file.map}
    text = yaml.safe_dump(maps, sort_keys=False, allow_unicode=True) if maps else "{}\n"
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="columns-{code}.yaml"'
    return response


def _form(request: HttpRequest, run: Any, side: str) -> MapForm:
    file = queries.sides_of(run).get(side)
    if file is None:
        raise Http404(f"There is no file {side!r}.")
    data = request.POST if request.method == "POST" else None
    sheet = (data if data is not None else request.GET).get("sheet", "")
    people = sees_people(request, run)
    eyes = looking(request)
    return MapForm(
        file,
        queries.proposal_of(file, sheet=sheet),
        data,
        request.GET.get("use", ""),
        (lambda text: text) if people else eyes.free_text,
    )


def _facts(run: Any, code: str, side: str, form: MapForm) -> dict[str, Any]:
    names = names_by_label([run.made_by, *(each.saved_by for each in form.saved)])
    return {
        "run": run,
        "each": shown(run, names[run.made_by]),
        "code": code,
        "side": side,
        "side_words": SIDE_WORDS[side],
        "form": form,
        "file": form.file,
        "saved": [(each, names[each.saved_by]) for each in form.saved],
        "shown": form.first_rows,
    }
