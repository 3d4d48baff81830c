"""What a person does about risk: a dialog that asks, then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.risk import actions
from paydesk.foundation.people.queries import everyone, markets_of
from paydesk.foundation.people.restricted import named_people, view_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, gate_to_ask, needs
from paydesk.web.addresses import kind_and_number, number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.deeds import Nothing
from paydesk.web.queues.subjects import subject_or_404
from paydesk.web.refunds.detail import Act
from paydesk.web.risk import forms as asked
from paydesk.web.risk.shown import SEE, ShownEnforcement, ShownEscalation, thing_or_404

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
DECIDE, RESTRICT, LIFT = "risk.decide", "risk.restrict", "risk.lift:check"
Thing = ShownEscalation | ShownEnforcement


@dataclass(frozen=True, slots=True)
class Deed:
    """`fits` says whether it can be done as the thing stands; `do` is called with (row, data, by, now)."""

    name: str
    label: str
    key: str
    right: str
    fits: Callable[[Any], bool]
    form: type[forms.Form]
    do: Callable[[Any, dict[str, Any], Actor, datetime], object]
    says: str
    button: str
    told: str
    primary: bool = False


def _restrict(row: Any, data: dict[str, Any], by: Actor, now: datetime) -> object:
    return actions.restrict_view(row.pk, by=by, now=now)


def _appeal(row: Any, data: dict[str, Any], by: Actor, now: datetime) -> object:
    number = number_in("case", data["case"])
    if number is None:
        raise Refused("This is no code of a case: check its last letter.")
    return actions.appeal(row.pk, case_id=subject_or_404(by, data["case"]).number, by=by, now=now)


OF_ESCALATION = (
    Deed(
        "acknowledge", "I have it", "a", DECIDE, lambda row: row.state == "raised", Nothing,
        lambda row, data, by, now: actions.acknowledge(row.pk, by=by, now=now),
        "You own it from now on, and its first clock is met.", "I have it", "You have it.", primary=True,
    ),
    Deed(
        "decide", "Decide", "e", DECIDE, lambda row: row.state != "decided", asked.Decide,
        lambda row, data, by, now: actions.decide(row.pk, **data, by=by, now=now),
        "What it was, and on what evidence. Whoever raised it does not decide.", "Decide", "Decided.",
    ),
    Deed(
        "restrict", "Restrict", "x", DECIDE,
        lambda row: row.subject_kind == "case" and not row.is_restricted, Nothing, _restrict,
        "From now on only its owner, you and whom you name see the case: not in lists, counts, search or the "
        "trail.", "Restrict", "Restricted.",
    ),
    Deed(
        "name", "Name somebody", "n", DECIDE, lambda row: row.is_restricted, asked.NamePerson,
        lambda row, data, by, now: actions.name_person(
            row.pk, int(data["person"]), reason=data["reason"], by=by, now=now
        ),
        "They see the case and everything of it.", "Name them", "Named.",
    ),
    Deed(
        "unname", "Take a name off", "", DECIDE, lambda row: row.is_restricted, asked.Unname,
        lambda row, data, by, now: actions.unname_person(row.pk, int(data["person"]), by=by, now=now),
        "They do not see the case any more.", "Take it off", "Taken off.",
    ),
    Deed(
        "open_to_all", "End the restriction", "", DECIDE, lambda row: row.is_restricted, asked.Why,
        lambda row, data, by, now: actions.end_restriction(row.pk, **data, by=by, now=now),
        "Everybody whose role allows it sees the case again, with all that was written meanwhile.",
        "End it", "Everybody sees it again.",
    ),
    Deed(
        "reopen", "Open again", "o", DECIDE, lambda row: row.state == "decided", asked.Why,
        lambda row, data, by, now: actions.reopen(row.pk, **data, by=by, now=now),
        "It is not over after all.", "Open again", "Open again.",
    ),
)  # fmt: skip
OF_ENFORCEMENT = (
    Deed(
        "set", "Put in force", "e", RESTRICT, lambda row: row.state == "asked", Nothing,
        lambda row, data, by, now: actions.set_enforcement(row.pk, by=by, now=now),
        "It holds from now on until its end.", "Put in force", "In force.", primary=True,
    ),
    Deed(
        "refuse", "Refuse", "x", RESTRICT, lambda row: row.state == "asked", asked.Why,
        lambda row, data, by, now: actions.refuse_enforcement(row.pk, **data, by=by, now=now),
        "Nothing is stopped.", "Refuse", "Refused.",
    ),
    Deed(
        "ask_to_lift", "Ask to lift it", "y", "risk.lift:request",
        lambda row: row.state == "active" and row.lift_asked_at is None, asked.Why,
        lambda row, data, by, now: actions.ask_to_lift(row.pk, **data, by=by, now=now),
        "Risk reads why, and a person who did not set it decides.", "Ask", "Asked for.",
    ),
    Deed(
        "lift", "Lift it", "l", LIFT, lambda row: row.state == "active", asked.Why,
        lambda row, data, by, now: actions.lift(row.pk, **data, by=by, now=now),
        "Nothing is stopped any more. Whoever set it does not lift it.", "Lift it", "Lifted.",
    ),
    Deed(
        "appeal", "Appeal", "p", SEE, lambda row: row.state == "active" and row.appeal != "open",
        asked.OfCase, _appeal, "The case in which they contest it. Somebody who did not set it decides.",
        "Write it down", "Appealed.",
    ),
    Deed(
        "grant", "Grant the appeal", "g", LIFT, lambda row: row.appeal == "open", asked.Note,
        lambda row, data, by, now: actions.decide_appeal(row.pk, granted=True, **data, by=by, now=now),
        "It is lifted at once.", "Grant it", "Granted, and lifted.",
    ),
    Deed(
        "uphold", "Reject the appeal", "k", LIFT, lambda row: row.appeal == "open", asked.Note,
        lambda row, data, by, now: actions.decide_appeal(row.pk, granted=False, **data, by=by, now=now),
        "It stays until its end.", "Reject it", "It stays.",
    ),
)  # fmt: skip


def deeds_of(each: Thing) -> tuple[Deed, ...]:
    return OF_ESCALATION if isinstance(each, ShownEscalation) else OF_ENFORCEMENT


def acts_of(each: Thing, actor: Actor) -> list[Act]:
    """The buttons of what can be done as it stands."""
    return [
        Act(
            f"{deed.label}…", reverse("risk:act", args=[each.code, deed.name]), deed.key,
            gate(actor, deed.right).reason, deed.primary,
        )
        for deed in deeds_of(each)
        if deed.fits(each.row)
    ]  # fmt: skip


@dialog_view
@needs(SEE)
def act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor = actor_of(request)
    each = thing_or_404(actor, code)
    chosen = next((known for known in deeds_of(each) if known.name == deed), None)
    if chosen is None:
        raise Http404("There is no such act.")
    is_sent = request.method == "POST"
    form = chosen.form(request.POST if is_sent else None, auto_id="deed_%s")
    if "person" in form.fields and isinstance(each, ShownEscalation):
        view = view_of("case", each.row.subject_id)
        named = named_people(view) if view is not None else []
        others = [person for person in everyone() if person.is_active and person not in named]
        choices: Any = form.fields["person"]
        people = named if deed == "unname" else others
        choices.choices = [asked.CHOOSE, *((str(person.pk), person.name) for person in people)]
    blocked = gate(actor, chosen.right).reason
    if not chosen.fits(each.row):
        blocked = blocked or f"It is {each.word}: look at it again."
    if is_sent and form.is_valid():
        if blocked:
            raise Refused(blocked)
        chosen.do(each.row, form.cleaned_data, actor, timezone.now())
        return done(request, _back(request, each), f"{each.code}: {chosen.told}")
    return dialog(request, form, f"{chosen.label}: {each.code}", chosen.says, chosen.button,
                   reverse("risk:act", args=[each.code, deed]), _back(request, each), blocked)  # fmt: skip


def _back(request: HttpRequest, each: Thing) -> str:
    kind = "escalation" if isinstance(each, ShownEscalation) else "enforcement"
    return came_from(request, page_of(kind, each.row.pk))


@dialog_view
@needs("risk.restrict:view")
def enforce(request: HttpRequest) -> HttpResponse:
    """Hold, block or limit somebody; risk sets it at once, others ask for it."""
    actor, is_sent = actor_of(request), request.method == "POST"
    until = timezone.localdate() + timedelta(days=14)
    form = asked.Enforce(
        request.POST if is_sent else None,
        initial={"party": request.GET.get("party", ""), "until": until},
        auto_id="deed_%s",
    )
    zones = {each.pk: each.time_zone for each in markets_of(actor)}
    market: Any = form.fields["market"]
    market.choices = [(each.pk, each.name) for each in markets_of(actor)]
    back, blocked = came_from(request, reverse("risk:list")), gate_to_ask(actor, RESTRICT).reason
    if is_sent and form.is_valid():
        data = form.cleaned_data
        party_kind, party = _party(data["party"], data["market"])
        ends = datetime.combine(data["until"] + timedelta(days=1), time(), ZoneInfo(zones[data["market"]]))
        made = actions.enforce(
            market=data["market"], party_kind=party_kind, party=party, kind=data["kind"],
            scope=data["scope"], reason=data["reason"], note=data["note"], limit=data["amount"],
            expires_at=ends, by=actor, now=timezone.now(),
        )  # fmt: skip
        told = "In force." if made.state == "active" else "Asked for: risk decides."
        return done(request, back, told)
    says = "Refunds, payouts or naming the payer stop for them, with the reason from the list."
    button = "Put in force" if actor.may(RESTRICT) else "Ask for it"
    here = reverse("risk:enforce")
    return dialog(request, form, "Hold, block or limit", says, button, here, back, blocked)


def _party(text: str, market: str) -> tuple[str, int | str]:
    known = kind_and_number(text.strip())
    if known is not None and known[0] in ("customer", "contract"):
        return known
    digits = e164_digits(text, market)
    if digits is None:
        raise Refused("This is no code of a customer or contract, and no phone number of this market.")
    return "payer_phone", digits


def dialog(
    request: HttpRequest, form: forms.Form, title: str, says: str, button: str, here: str, at: str,
    blocked: str = "",
) -> HttpResponse:  # fmt: skip
    known = {"form": form, "title": title, "says": says, "button": button, "here": here, "at": at,
             "blocked": blocked}  # fmt: skip
    return render(request, "risk/dialog.html", known, status=422 if request.method == "POST" else 200)
