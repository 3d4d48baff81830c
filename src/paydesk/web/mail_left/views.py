"""Mail that was set aside or failed, with the reason: looked at, taken in as a case, or ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases import actions
from paydesk.domain.cases.mail_words import LEFT, TO_DO, mail_left, words_of
from paydesk.domain.cases.queries import mailboxes
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.contracts.forms import ANY, AddressFilters, day_input
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.workbook import check_fits, list_download

if TYPE_CHECKING:
    from paydesk.domain.cases.models import ReceivedMail

SEE, WORK = "cases.work:view", "cases.work"
FAMILIES = {"failed": "failed", "set_aside": "held", "ignored": "idle"}
HEAD = ("Received (UTC)", "From", "Subject", "Mailbox", "State", "Why")


class LeftFilters(AddressFilters):
    """What stands in the address: state (what waits for somebody unless said), mailbox, days."""

    state = forms.ChoiceField(required=False, choices=[ANY, *LEFT.items()])
    mailbox = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="From", widget=day_input())
    until = forms.DateField(required=False, label="To", widget=day_input())

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        super().__init__(request)
        box: Any = self.fields["mailbox"]
        box.choices = [ANY, *((str(each.pk), each.address) for each in mailboxes(actor))]

    def found(self, actor: Actor) -> Any:
        names = {"since": "received_at__date__gte", "until": "received_at__date__lte"}
        wanted = {names.get(name, name): value for name, value in self.wanted.items()}
        return mail_left(actor).filter(**({"state__in": TO_DO} if "state" not in wanted else {}), **wanted)


def _row(mail: ReceivedMail) -> dict[str, Any]:
    return {"mail": mail, "state": (FAMILIES[mail.state], LEFT[mail.state].lower()),
            "waits": mail.state in TO_DO}  # fmt: skip


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def mail_list(request: HttpRequest) -> HttpResponse:
    """Newest first; the same partial at the first paint and after a filter."""
    actor, number = actor_of(request), page_number(request)
    filters, start = LeftFilters(request, actor), (number - 1) * PAGE_SIZE
    found = filters.found(actor)[start : start + PAGE_SIZE + 1]
    known = {
        "filters": filters,
        "page": Page.of((_row(each) for each in found), number),
        "here": reverse("mail_left:list"),
        "work": gate(actor, WORK),
        "may_export": gate(actor, "export"),
        "csv_url": reverse("mail_left:export", args=["csv"]),
        "xlsx_url": reverse("mail_left:export", args=["xlsx"]),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(request, f"mail_left/{'_list' if target == 'left' else 'list'}.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What is shown with the filters of the address, all of it."""
    actor = actor_of(request)
    found = LeftFilters(request, actor).found(actor)
    check_fits(found, kind, "mails")

    def rows() -> Iterator[list[Any]]:
        for mail in found.iterator(chunk_size=2000):
            yield [
                f"{mail.received_at:%Y-%m-%d %H:%M:%S}", mail.sender, mail.subject, mail.mailbox.address,
                LEFT[mail.state], mail.told,
            ]  # fmt: skip

    return list_download(f"mail-left-{timezone.localdate().isoformat()}", kind, HEAD, rows())


@require_safe
@needs(SEE)
def look(request: HttpRequest, received_id: int) -> HttpResponse:
    """What one says, with what may be done about it."""
    actor = actor_of(request)
    mail = _found(actor, received_id)
    known = {"row": _row(mail), "words": words_of(mail), "work": gate(actor, WORK),
             "at": came_from(request, reverse("mail_left:list"))}  # fmt: skip
    return render(request, "mail_left/look.html", known)


@require_POST
@needs(WORK)
def take_in(request: HttpRequest, received_id: int) -> HttpResponse:
    """Make a case of it, or put it into its own; the case is opened then."""
    actor = actor_of(request)
    received = actions.take_in_anyway(
        _found(actor, received_id).pk, by=actor, now=timezone.now()
    )  # fmt: skip
    if received.case_id is None:  # type: ignore[attr-defined]
        return done(request, came_from(request, reverse("mail_left:list")), "It is taken in.")
    number: int = received.case_id  # type: ignore[attr-defined]
    return done(request, page_of("case", number), f"It is in {code_in('case', number)}.")


@require_POST
@needs(WORK)
def ignore(request: HttpRequest, received_id: int) -> HttpResponse:
    """Nothing has to be done about it."""
    actor = actor_of(request)
    actions.ignore_mail(_found(actor, received_id).pk, by=actor, now=timezone.now())
    return done(request, came_from(request, reverse("mail_left:list")), "It is ignored.")


def _found(actor: Actor, received_id: int) -> ReceivedMail:
    mail: ReceivedMail | None = mail_left(actor).filter(pk=received_id).first()
    if mail is None:
        raise Http404("There is no such mail in your markets.")
    return mail
