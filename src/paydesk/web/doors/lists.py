"""What came through the doors: chats, calls, forms, status pages and who looked; filtered, exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.states import CASE
from paydesk.domain.doors.queries import OUTCOMES, calls, chats, doors, forms_sent, pages, visits
from paydesk.domain.doors.rules import CALL_STATES, DEVICES, LANGUAGES, PRESENT_WITHIN
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in
from paydesk.web.contracts.forms import ANY, AddressFilters, day_input
from paydesk.web.doors.views import SEE
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.sight import Looking, looking
from paydesk.web.templatetags.desk import state_words
from paydesk.web.workbook import check_fits, list_download

CASES = "cases.work:view"
CALL_FAMILIES = {"ringing": "moving", "answered": "moving", "ended": "settled", "missed": "held"}


@dataclass(frozen=True, slots=True)
class Row:
    """One of them: (family, word) of its state, its case, and the object itself for its own columns."""

    thing: Any
    state: tuple[str, str]
    case: str = ""
    about: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: what it reads, its states by (words, condition), its doors' kind, the column of its days."""

    name: str
    things: str
    find: Callable[[Actor], QuerySet[Any]]
    states: dict[str, tuple[str, Callable[[datetime], Q]]]
    state_of: Callable[[Any, datetime], tuple[str, str]]
    day_of: str
    market_of: str
    head: tuple[str, ...]
    cells: Callable[[Row, Looking], list[Any]]
    door_kind: str = ""
    door_of: str = "door_id"
    page_of: str = ""


def _page_state(link: Any, now: datetime) -> tuple[str, str]:
    if link.withdrawn_at:
        return "idle", "withdrawn"
    if link.expires_at <= now:
        return "idle", "expired"
    return ("settled", "looked at") if link.looked else ("moving", "given")


def _chat_state(chat: Any, now: datetime) -> tuple[str, str]:
    if now - chat.seen_at <= PRESENT_WITHIN:
        return "moving", "there now"
    return CASE.family(chat.case.state), state_words(chat.case.state)


def _of_call(state: str, now: datetime) -> Q:
    return Q(state=state)


def _of_device(device: str, now: datetime) -> Q:
    return Q(device=device)


def _of_case(state: str, now: datetime) -> Q:
    return Q(case__state=state)


def utc(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None


LISTINGS = {
    each.name: each
    for each in (
        Listing(
            "chats", "chats", chats,
            {
                "there": ("There now", lambda now: Q(seen_at__gt=now - PRESENT_WITHIN)),
                "proved": ("Proved who they are", lambda now: Q(proved=True)),
                "not_proved": ("Did not prove it", lambda now: Q(proved=False)),
            },
            _chat_state, "started_at", "door__market",
            ("Case", "Door", "Market", "State", "Begun (UTC)", "Last there (UTC)", "Messages", "Proved",
             "Language"),
            lambda row, eyes: [
                row.case, row.door, row.thing.door.market, row.state[1], utc(row.thing.started_at),
                utc(row.thing.seen_at), row.thing.said, "yes" if row.thing.proved else "no",
                LANGUAGES.get(row.thing.language, row.thing.language),
            ],
            door_kind="chat",
        ),
        Listing(
            "calls", "calls", calls,
            {
                **{name: (words, partial(_of_call, name)) for name, words in CALL_STATES.items()},
                "taken": ("Led to a case", lambda now: Q(case__isnull=False)),
                "nobody": ("Nobody took it", lambda now: Q(case__isnull=True)),
            },
            lambda call, now: (CALL_FAMILIES[call.state], CALL_STATES[call.state].lower()),
            "rang_at", "market",
            ("Rang (UTC)", "Number", "Door", "Market", "State", "Case", "Answered (UTC)", "Ended (UTC)"),
            lambda row, eyes: [
                utc(row.thing.rang_at), eyes.phone(row.thing.number) if row.thing.number else "withheld",
                row.door, row.thing.market, row.state[1], row.case, utc(row.thing.answered_at),
                utc(row.thing.ended_at),
            ],
            door_kind="phone",
        ),
        Listing(
            "forms", "forms", forms_sent,
            {name: (state_words(name).capitalize(), partial(_of_case, name))
             for name in CASE.states},
            lambda sent, now: (CASE.family(sent.case.state), state_words(sent.case.state)),
            "at", "case__market",
            ("Case", "Door", "Market", "State", "Sent (UTC)", "Category", "Subject"),
            lambda row, eyes: [
                row.case, row.door, row.thing.case.market, row.state[1], utc(row.thing.at),
                row.thing.case.category,
                row.thing.case.subject if eyes.actor.may(CASES) else "",
            ],
            door_kind="form", door_of="door_key",
        ),
        Listing(
            "pages", "status pages", pages,
            {
                "looked": ("Looked at", lambda now: Q(looked__gt=0)),
                "unseen": ("Not looked at", lambda now: Q(looked=0)),
                "spared": ("Did not write after it", OUTCOMES["spared"]),
                "wrote": ("Wrote all the same", OUTCOMES["wrote"]),
                "too_early": ("Looked within 7 days", OUTCOMES["too_early"]),
                "good": ("Good still", lambda now: Q(withdrawn_at=None, expires_at__gt=now)),
                "expired": ("Expired", lambda now: Q(withdrawn_at=None, expires_at__lte=now)),
                "withdrawn": ("Withdrawn", lambda now: Q(withdrawn_at__isnull=False)),
            },
            _page_state, "made_at", "case__market",
            ("Case", "About", "Market", "State", "Given (UTC)", "Good until (UTC)", "Looked at",
             "Last (UTC)"),
            lambda row, eyes: [
                row.case, row.about, row.thing.case.market, row.state[1], utc(row.thing.made_at),
                utc(row.thing.expires_at), row.thing.looked, utc(row.thing.last_at),
            ],
        ),
        Listing(
            "visits", "looks at status pages", visits,
            {name or "unknown": (words, partial(_of_device, name)) for name, words in DEVICES.items()},
            lambda visit, now: ("settled", DEVICES[visit.device].lower()), "at", "link__case__market",
            ("Looked (UTC)", "Device", "Case", "About", "Market", "Page given (UTC)"),
            lambda row, eyes: [
                utc(row.thing.at), row.state[1], row.case, row.about, row.thing.link.case.market,
                utc(row.thing.link.made_at),
            ],
            page_of="link_id",
        ),
    )
}  # fmt: skip


class DoorFilters(AddressFilters):
    """What stands in the address: state, door, market, days."""

    state = forms.ChoiceField(required=False)
    door = forms.ChoiceField(required=False)
    market = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="From", widget=day_input())
    until = forms.DateField(required=False, label="To", widget=day_input())
    link = forms.IntegerField(required=False, label="One status page", widget=forms.HiddenInput, min_value=1)

    def __init__(self, request: HttpRequest, listing: Listing, actor: Actor) -> None:
        super().__init__(request)
        self.listing = listing
        fields: dict[str, Any] = self.fields
        fields["state"].choices = [ANY, *((name, words) for name, (words, _) in listing.states.items())]
        fields["market"].choices = [ANY, *((each.pk, each.name) for each in markets_of(actor))]
        self.names = {str(each.pk): each.name for each in doors(actor)}
        if listing.door_kind:
            kind = doors(actor).filter(kind=listing.door_kind)
            fields["door"].choices = [ANY, *((str(each.pk), each.name) for each in kind)]
        else:
            del self.fields["door"]
        if not listing.page_of:
            del self.fields["link"]
        else:
            fields["state"].label = "Device"

    def found(self, actor: Actor, now: datetime) -> QuerySet[Any]:
        said, day = dict(self.wanted), self.listing.day_of
        names = {"market": self.listing.market_of, "door": self.listing.door_of, "since": f"{day}__date__gte",
                 "until": f"{day}__date__lte", "link": self.listing.page_of}  # fmt: skip
        found = self.listing.find(actor)
        if state := said.pop("state", ""):
            found = found.filter(self.listing.states[state][1](now))
        return found.filter(**{names[name]: value for name, value in said.items()})

    def row(self, thing: Any, now: datetime) -> Row:
        page = getattr(thing, "link", thing)
        about = getattr(page, "object_id", None)
        return Row(
            thing, self.listing.state_of(thing, now),
            case=code_in("case", page.case_id) if page.case_id else "",
            about=code_in(page.kind, about) if about else "",
            door=self.names.get(str(getattr(thing, self.listing.door_of, "")), ""),
        )  # fmt: skip


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def came(request: HttpRequest, what: str) -> HttpResponse:
    """One list, newest first; the same partial at the first paint and after a filter."""
    return listed(request, what, "doors")


def listed(request: HttpRequest, what: str, space: str) -> HttpResponse:
    """One list at the addresses of `space`: of the doors, or of the causes, which its figures lead to."""
    listing = LISTINGS[what]
    actor, now, number = actor_of(request), timezone.now(), page_number(request)
    filters, start = DoorFilters(request, listing, actor), (number - 1) * PAGE_SIZE
    found = filters.found(actor, now)[start : start + PAGE_SIZE + 1]
    known = {
        "tab": what,
        "listing": listing,
        "filters": filters,
        "page": Page.of((filters.row(each, now) for each in found), number),
        "here": reverse(f"{space}:{what}"),
        "space": space,
        "visits_url": reverse(f"{space}:visits"),
        "rows_in": f"doors/_{what}.html",
        "sees_cases": actor.may(CASES),
        "may_export": gate(actor, "export"),
        "csv_url": reverse(f"{space}:export_{what}", args=["csv"]),
        "xlsx_url": reverse(f"{space}:export_{what}", args=["xlsx"]),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(request, f"doors/{'_came' if target == 'came' else 'came'}.html", known)


@require_safe
@needs(SEE)
@needs("export")
def export(request: HttpRequest, what: str, kind: str) -> HttpResponseBase:
    """What is shown with the filters of the address, all of it; numbers as this person may see them."""
    return exported(request, what, kind)


def exported(request: HttpRequest, what: str, kind: str) -> HttpResponseBase:
    """The rows of `listed` as a file."""
    listing = LISTINGS[what]
    if kind not in ("csv", "xlsx"):
        raise Http404
    eyes, now = looking(request), timezone.now()
    filters = DoorFilters(request, listing, eyes.actor)
    found = filters.found(eyes.actor, now)
    check_fits(found, kind, listing.things)

    def rows() -> Iterator[list[Any]]:
        for each in found.iterator(chunk_size=2000):
            yield listing.cells(filters.row(each, now), eyes)

    return list_download(f"{what}-{timezone.localdate().isoformat()}", kind, listing.head, rows())
