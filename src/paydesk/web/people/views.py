"""People for administrators: the list, one account, and the verbs on it. Others with the right may look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from paydesk.foundation.audit.queries import history
from paydesk.foundation.people import actions
from paydesk.foundation.people.queries import (
    all_markets,
    any_person,
    factor_kinds,
    factors_of,
    people_found,
    recovery_codes_left,
)
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.account.rights import rights_in_words
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people.forms import MarketsForm, NewPersonForm, PasswordForm, PeopleFilters, RolesForm
from paydesk.web.people_names import names_by_label
from paydesk.web.trail.words import done_words

LOOK, MANAGE = "people.manage:view", "people.manage"
RECORDS_SHOWN = 30


@needs(LOOK)
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody by name, closed accounts too, with roles, markets and whether a second factor is set up."""
    filters = PeopleFilters(request)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(people_found(**filters.wanted)[start : start + PAGE_SIZE + 1])
    page = Page.of(found, number)
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(
        request,
        "people/_list.html" if htmx and htmx.target == "people" else "people/list.html",
        {
            "page": page,
            "kinds": factor_kinds([person.pk for person in page]),
            "filters": filters,
            "may_manage": gate(actor_of(request), MANAGE),
        },
    )


@needs(LOOK)
def person_page(request: HttpRequest, person_id: int) -> HttpResponse:
    """One account: what the person may do, how they sign in, what was done to the account."""
    return _page(request, person_id)


def _page(request: HttpRequest, person_id: int, form: Any = None, problem: str = "") -> HttpResponse:
    person: Any = any_person(person_id)
    if person is None:
        raise Http404
    actor = actor_of(request)
    records = list(history("person", person.pk)[:RECORDS_SHOWN])
    factors = factors_of(person.pk)
    known = {
        "shown": person,
        "roles_form": RolesForm(initial={"roles": person.role_codes}),
        "markets_form": MarketsForm(
            initial={
                "everywhere": person.works_in_all_markets,
                "markets": [market.pk for market in person.markets.all()],
            }
        ),
        "password_form": form or PasswordForm(),
        "problem": problem,
        "groups": rights_in_words(person.role_codes),
        "factors": factors,
        "codes_left": recovery_codes_left(person.pk) if factors else None,
        "market_count": all_markets().count(),
        "done": done_words(records, names_by_label(record.actor for record in records)),
        "may_manage": gate(actor, MANAGE),
        "is_oneself": actor.id == person.pk,
    }
    return render(request, "people/page.html", known, status=422 if problem else 200)


@sensitive_post_parameters("password")
@needs(MANAGE)
def new(request: HttpRequest) -> HttpResponseBase:
    """Somebody new, who can sign in at once and then sets up a second factor."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            added = actions.create_person(
                email=said["email"], name=said["name"], password=said["password"], roles=said["roles"],
                markets=form.codes(), team=said["team"] or None, time_zone=said["time_zone"],
                by=actor_of(request), now=timezone.now(),
            )  # fmt: skip
        except NotAllowedRefused:
            raise
        except Refused as problem:
            form.add_error(_field_of(problem.code), problem.text)
        else:
            messages.success(request, f"{added.name} can sign in.")
            return redirect("people:page", added.pk)
    return render(request, "people/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _field_of(code: str) -> str | None:
    fields = {"person.email": "email", "person.email_in_use": "email", "person.password": "password"}
    return fields.get(code)


@require_POST
@needs(MANAGE)
def roles(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Make the ticked roles this person's roles."""
    form = RolesForm(request.POST)
    form.is_valid()
    asked = form.cleaned_data.get("roles", request.POST.getlist("roles"))
    return _do(
        request, person_id, lambda: actions.set_roles(person_id, asked, **_by(request)), "Roles changed."
    )


@require_POST
@needs(MANAGE)
def markets(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Make the ticked markets this person's markets."""
    form = MarketsForm(request.POST)
    asked = form.codes() if form.is_valid() else request.POST.getlist("markets")
    return _do(
        request, person_id, lambda: actions.set_markets(person_id, asked, **_by(request)), "Markets changed."
    )


@sensitive_post_parameters("password")
@require_POST
@needs(MANAGE)
def password(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """A new first password for somebody who lost theirs; their sessions end."""
    word = request.POST.get("password", "")
    return _do(
        request, person_id, lambda: actions.set_password(person_id, word, **_by(request)),
        "The password is changed. Hand it over in person.",
    )  # fmt: skip


@require_POST
@needs(MANAGE)
def close(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Nobody signs in as this person any more."""
    return _do(
        request, person_id, lambda: actions.deactivate(person_id, **_by(request)), "The account is closed."
    )


@require_POST
@needs(MANAGE)
def open_again(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """A closed account works again."""
    return _do(
        request,
        person_id,
        lambda: actions.reactivate(person_id, **_by(request)),
        "The account is open again.",
    )


@require_POST
@needs(MANAGE)
def sign_out(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """End every session of this person."""
    return _do(
        request, person_id, lambda: actions.sign_out_everywhere(person_id, **_by(request)),
        "Their sessions have ended.",
    )  # fmt: skip


@require_POST
@needs(MANAGE)
def reset(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Take away the second factors of somebody who lost theirs, for a reason."""
    reason = request.POST.get("reason", "")
    return _do(
        request, person_id, lambda: actions.reset_second_factor(person_id, reason=reason, **_by(request)),
        "Their second factor is reset. They set up a new one when they next sign in.",
    )  # fmt: skip


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": actor_of(request), "now": timezone.now()}


def _do(request: HttpRequest, person_id: int, verb: Callable[[], Any], words: str) -> HttpResponseBase:
    """Do it and come back to the page; what was refused is said there, and nothing was changed."""
    if any_person(person_id) is None:
        raise Http404
    try:
        verb()
    except NotAllowedRefused:
        raise
    except Refused as problem:
        return _page(request, person_id, problem=problem.text)
    messages.success(request, words)
    return redirect("people:page", person_id)
