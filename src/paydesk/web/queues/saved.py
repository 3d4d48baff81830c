"""Saved views of a list: its tabs, naming what is shown, sharing, seeing one first, deleting."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from paydesk.foundation.saved_views.actions import LONGEST_NAME, SHARE, delete_view, save_view, see_first
from paydesk.foundation.saved_views.queries import views_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import done
from paydesk.web.queues.whose import VIEW, Tab, filters_in, filters_of, own_tabs

# Lists that have views: the word in the table, and where the list is.
PLACES = {
    "unapplied": "unapplied:list",
    "suspense": "suspense:list",
    "pending": "pending:list",
    "cash": "provider_cash:list",
    "cases": "cases:inbox",
}
NAMED_BY = {"cases": "kept"}  # the word in the address that names a saved view, where `view` is taken


class ViewForm(forms.Form):
    """A name for the filters that are at work."""

    name = forms.CharField(label="Name of the view", max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(label="Everybody at the desk sees it", required=False)


def address_of(place: str, query: str, number: int | str) -> str:
    """Where a list stands with a saved view."""
    named = f"{NAMED_BY.get(place, VIEW)}={number}"
    return f"{reverse(PLACES[place])}?{query}&{named}" if query else f"{reverse(PLACES[place])}?{named}"


def tabs_of(request: HttpRequest, place: str) -> list[Tab]:
    """The views of a list above it: those every list has, then the person's own and the shared ones."""
    return [*own_tabs(request), *saved_tabs(request, place)]


def saved_tabs(request: HttpRequest, place: str) -> list[Tab]:
    """The person's own views of a list and the shared ones; one query."""
    actor, named_by = actor_of(request), NAMED_BY.get(place, VIEW)
    now = filters_in(request.GET.dict(), named_by)
    tabs = []
    for view in views_of(actor, place):
        tabs.append(
            Tab(
                view.name,
                address_of(place, view.query, view.pk),
                here=bool(view.query) and filters_of(view.query, named_by) == now,
                number=view.pk,
                is_first=view.is_first,
                is_shared=view.is_shared,
                may_delete=view.person_id == actor.id or actor.may(SHARE),
            )
        )
    return tabs


def first_view(request: HttpRequest, tabs: list[Tab]) -> HttpResponse | None:
    """The way to the view seen first, where somebody comes to a list and asks for nothing in particular."""
    if request.GET or request.htmx:  # type: ignore[attr-defined]
        return None
    return next((redirect(tab.url) for tab in tabs if tab.is_first), None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("payments:view")
@vary_on_headers("HX-Request", "HX-Target")
def save(request: HttpRequest, place: str) -> HttpResponse:
    """Name what a list shows now."""
    actor = actor_of(request)
    if place not in PLACES:
        raise Http404
    said = request.POST if request.method == "POST" else request.GET
    query = urlencode(filters_of(said.get("query", ""), NAMED_BY.get(place, VIEW)))
    form = ViewForm(request.POST if request.method == "POST" else None, auto_id="view_%s")
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        view = save_view(
            place, wanted["name"], query, is_shared=wanted["is_shared"], by=actor, now=timezone.now()
        )
        back = address_of(place, query, view.pk)
        return done(request, back, f"The view “{view.name}” is kept.")
    known = {"form": form, "place": place, "query": query, "share": gate(actor, SHARE)}
    return render(request, "queues/save_view.html", known)


@require_POST
@needs("payments:view")
def first(request: HttpRequest, view_id: int) -> HttpResponse:
    """Have the list open with this view, or no longer."""
    view = see_first(view_id, "first" in request.POST, by=actor_of(request), now=timezone.now())
    text = f"{view.name} is seen first." if "first" in request.POST else "All is seen first."
    return done(request, address_of(view.place, view.query, view.pk), text)


@require_POST
@needs("payments:view")
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take a view away."""
    place = delete_view(view_id, by=actor_of(request), now=timezone.now())
    return done(request, address_of(place, "", "all"), "The view is deleted.")
