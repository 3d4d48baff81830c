"""Mailboxes on the screen. A secret is typed once and never shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from paydesk.domain.cases import actions
from paydesk.domain.cases.queries import mailboxes
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.mailboxes.forms import AddMailbox, ChangeMailbox

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Mailbox

SEE, SET_UP = "settings.manage:view", "settings.manage"


@require_safe
@needs(SEE)
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """Every mailbox of the actor's markets, whether it is reached, how much it took in."""
    actor = actor_of(request)
    known = {"boxes": mailboxes(actor), "set_up": gate(actor, SET_UP), "tab": "mailboxes",
             "sees_mail": actor.may("cases.work:view")}  # fmt: skip
    return render(request, "mailboxes/list.html", known)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def add(request: HttpRequest) -> HttpResponse:
    """One more mailbox; it is read within seconds, and the list says when it cannot be."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = AddMailbox(request.POST if is_sent else None, auto_id="box_%s")
    market: Any = form.fields["market"]
    market.choices = [(each.pk, each.name) for each in markets_of(actor)]
    at = came_from(request, reverse("mailboxes:list"))
    if is_sent and form.is_valid():
        data = form.cleaned_data
        box = actions.add_mailbox(
            address=data["address"], market=data["market"], **form.said, by=actor, now=timezone.now()
        )
        return done(request, at, f"{box.address} is set up and read within seconds.")
    known = {"form": form, "at": at, "title": "Add a mailbox", "here": reverse("mailboxes:add"),
             "button": "Add the mailbox"}  # fmt: skip
    return render(request, "mailboxes/edit.html", known, status=422 if is_sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def change(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """How one is reached, its secrets, what becomes of its mail."""
    actor, is_sent = actor_of(request), request.method == "POST"
    box = _found(request, mailbox_id)
    form = ChangeMailbox(request.POST if is_sent else None, box=box, auto_id="box_%s")
    at = came_from(request, reverse("mailboxes:list"))
    if is_sent and form.is_valid():
        box = actions.change_mailbox(box.pk, **form.said, by=actor, now=timezone.now())
        return done(request, at, f"{box.address} is changed, and read within seconds.")
    known = {"form": form, "at": at, "title": f"Change {box.address}", "button": "Save",
             "here": reverse("mailboxes:change", args=[box.pk])}  # fmt: skip
    return render(request, "mailboxes/edit.html", known, status=422 if is_sent else 200)


@require_POST
@needs(SET_UP)
def answer_again(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Somebody looked why it acknowledged so much: it goes on."""
    box = _found(request, mailbox_id)
    actions.answer_again(box.pk, by=actor_of(request), now=timezone.now())
    told = f"{box.address} acknowledges again."
    return done(request, came_from(request, reverse("mailboxes:list")), told)


@require_POST
@needs(SET_UP)
def switch(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """On or off."""
    _found(request, mailbox_id)
    is_active = request.POST.get("is_active") == "on"
    box = actions.switch_mailbox(mailbox_id, is_active=is_active, by=actor_of(request), now=timezone.now())
    told = f"{box.address} is {'read again' if is_active else 'left alone'}."
    return done(request, came_from(request, reverse("mailboxes:list")), told)


def _found(request: HttpRequest, mailbox_id: int) -> Mailbox:
    box: Mailbox | None = mailboxes(actor_of(request)).filter(pk=mailbox_id).first()
    if box is None:
        raise Http404("There is no such mailbox in your markets.")
    return box
