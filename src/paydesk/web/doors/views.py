"""The doors on the screen: forms, widgets, telephone systems, call scripts; what status pages spared us."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from paydesk.domain.doors import actions
from paydesk.domain.doors.queries import deflection, doors, script_groups, scripts
from paydesk.domain.doors.rules import KINDS
from paydesk.domain.doors.scripts import script_as_delivered
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.doors.forms import AddDoor, Origins, Script

if TYPE_CHECKING:
    from paydesk.domain.doors.models import Door


def start_of(day: date) -> datetime:
    """When a day of whoever looks begins: pages given from then on are those of its rows."""
    return timezone.make_aware(datetime.combine(day, time.min))


SEE, SET_UP = "settings.manage:view", "settings.manage"
DAYS = 30


@require_safe
@needs(SEE)
def door_list(request: HttpRequest) -> HttpResponse:
    """Every door of the actor's markets, and what status pages of the last thirty days spared us."""
    actor, now = actor_of(request), timezone.now()
    since = timezone.localdate() - timedelta(days=DAYS)
    known = {
        "rows_url": f"{reverse('doors:pages')}?{urlencode({'since': since})}",
        "doors": [(door, KINDS[door.kind]) for door in doors(actor)],
        "set_up": gate(actor, SET_UP),
        "spared": deflection(actor, start_of(since), now),
        "days": DAYS,
    }
    return render(request, "doors/list.html", known)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def add(request: HttpRequest) -> HttpResponse:
    """One more door. What has to be copied (an address, a token) is shown at once."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = AddDoor(request.POST if is_sent else None, auto_id="door_%s")
    market: Any = form.fields["market"]
    market.choices = [(each.pk, each.name) for each in markets_of(actor)]
    at = came_from(request, reverse("doors:list"))
    if is_sent and form.is_valid():
        data = form.cleaned_data
        door, token = actions.add_door(
            **{**data, "origins": data["origins"].split()}, by=actor, now=timezone.now()
        )
        return render(request, "doors/embed.html", _embedding(request, door, token))
    return render(request, "doors/add.html", {"form": form, "at": at}, status=422 if is_sent else 200)


@require_safe
@needs(SEE)
def embed(request: HttpRequest, door_id: int) -> HttpResponse:
    """The address of a door and the lines that a site or a telephone system needs."""
    return render(request, "doors/embed.html", _embedding(request, _door(request, door_id)))


def _embedding(request: HttpRequest, door: Door, token: str = "") -> dict[str, Any]:
    whole = request.build_absolute_uri
    known: dict[str, Any] = {"door": door, "kind": KINDS[door.kind], "token": token}
    if door.kind == "form":
        address = whole(reverse("public:ask", args=[door.key]))
        lines = f'<iframe src="{address}" title="Write to us" width="100%" height="900"></iframe>'
        return known | {"address": address, "lines": lines}
    if door.kind == "chat":
        script = whole(static("js/chat-widget.js"))
        lines = f'<script src="{script}" data-chat="{door.key}" data-lang="{door.language}" defer></script>'
        return known | {"address": whole(reverse("public:chat", args=[door.key])), "lines": lines}
    address = whole(reverse("public:announce"))
    lines = (
        f"curl -X POST {address} -H 'Authorization: Bearer {token or 'TOKEN'}' "
        "-H 'Content-Type: application/json' "
        '-d \'{"call": "ID", "event": "ringing", "from": "+233244000000", "agent": "name@desk.example"}\''
    )
    return known | {"address": address, "lines": lines}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def origins(request: HttpRequest, door_id: int) -> HttpResponse:
    """Which sites may embed a form or widget."""
    door, is_sent = _door(request, door_id), request.method == "POST"
    form = Origins(
        request.POST if is_sent else None, initial={"origins": "\n".join(door.origins)}, auto_id="door_%s"
    )
    at = came_from(request, reverse("doors:list"))
    if is_sent and form.is_valid():
        given = form.cleaned_data["origins"].split()
        actions.set_origins(door.pk, origins=given, by=actor_of(request), now=timezone.now())
        return done(request, at, f"{door.name}: the sites are set.")
    return render(request, "doors/origins.html", {"form": form, "at": at, "door": door})


@require_POST
@needs(SET_UP)
def switch(request: HttpRequest, door_id: int) -> HttpResponse:
    """Open or closed."""
    door = _door(request, door_id)
    is_active = request.POST.get("is_active") == "on"
    actions.switch_door(door.pk, is_active=is_active, by=actor_of(request), now=timezone.now())
    told = f"{door.name} is {'open' if is_active else 'closed'}."
    return done(request, came_from(request, reverse("doors:list")), told)


@require_POST
@needs(SET_UP)
def renew(request: HttpRequest, door_id: int) -> HttpResponse:
    """A new token of a telephone system, shown this once."""
    door = _door(request, door_id)
    token = actions.renew_token(door.pk, by=actor_of(request), now=timezone.now())
    return render(request, "doors/embed.html", _embedding(request, door, token))


def _door(request: HttpRequest, door_id: int) -> Door:
    door = doors(actor_of(request)).filter(pk=door_id).first()
    if door is None:
        raise Http404("There is no such door in your markets.")
    return door


@require_safe
@needs(SEE)
def script_list(request: HttpRequest) -> HttpResponse:
    """What is said on calls, by group of categories."""
    own = scripts()
    rows = []
    for group, words in script_groups().items():
        written = own.get(group)
        lines = written.lines if written and written.lines else script_as_delivered(group)
        rows.append((group or "all", words, list(lines), written if written and written.lines else None))
    return render(request, "doors/scripts.html", {"rows": rows, "set_up": gate(actor_of(request), SET_UP)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def script(request: HttpRequest, group: str) -> HttpResponse:
    """Write a script anew; the versions before are kept."""
    name = "" if group == "all" else group
    words = script_groups().get(name)
    if words is None:
        raise Http404("There is no such group of categories.")
    is_sent, own = request.method == "POST", scripts().get(name)
    lines = own.lines if own and own.lines else script_as_delivered(name)
    form = Script(request.POST if is_sent else None, initial={"lines": "\n".join(lines)}, auto_id="script_%s")
    at = came_from(request, reverse("doors:scripts"))
    if is_sent and form.is_valid():
        actions.write_script(
            name, lines=form.cleaned_data["lines"].splitlines(), by=actor_of(request), now=timezone.now()
        )
        return done(request, at, f"{words}: the script is written.")
    return render(request, "doors/script.html", {"form": form, "at": at, "group": group, "words": words})
