"""Fields of cases on the screen: which there are, of whose cases, what is asked for; one added or changed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.cases import actions
from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.desk import own_field_rows
from paydesk.domain.cases.own_fields import TYPES
from paydesk.domain.cases.queries import current_tree, own_fields
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.case_fields.forms import FieldForm
from paydesk.web.people_names import names_by_label

SEE, SET_UP = "settings.manage:view", "settings.manage"


@require_safe
@needs(SEE)
def field_list(request: HttpRequest) -> HttpResponse:
    """Every field, those in use first, with how many open cases have it filled in."""
    tree = current_tree()[1]
    words = {group: top["words"] for group, top in tree.items()} | leaves(tree, retired=True)
    found = own_field_rows(actor_of(request))
    names = names_by_label({each.changed_by for each in found})
    rows = [
        {
            "field": each, "type": TYPES[each.type], "by": names[each.changed_by],
            "where": [words.get(code, code) for code in each.categories],
        }
        for each in found
    ]  # fmt: skip
    known = {"rows": rows, "set_up": gate(actor_of(request), SET_UP)}
    return render(request, "case_fields/list.html", known)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """A new field, or one as it is from now on."""
    field = next((each for each in own_fields() if each.key == key), None)
    if key and field is None:
        raise Http404("There is no such field.")
    is_sent = request.method == "POST"
    form = FieldForm(request.POST if is_sent else None, field)
    at = came_from(request, reverse("case_fields:list"))
    if is_sent and form.is_valid():
        made = actions.save_field(key, **form.said, by=actor_of(request), now=timezone.now())
        return done(request, at, f"“{made.label}” is kept, version {made.version}.")
    known: dict[str, Any] = {
        "form": form, "at": at, "here": request.path, "field": field,
        "title": _("Change %s") % field.label if field else _("Add a field"),
    }  # fmt: skip
    return render(request, "case_fields/edit.html", known, status=422 if is_sent else 200)
