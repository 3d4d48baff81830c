"""Gateways of text messages on the screen. A secret is typed once and never shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from paydesk.connectors.texting import GATEWAYS
from paydesk.domain.text_messages import actions
from paydesk.domain.text_messages.addresses import token_of
from paydesk.domain.text_messages.queries import gateways
from paydesk.domain.text_messages.rules import money
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.text_messages.forms import AddGateway, Caps

if TYPE_CHECKING:
    from paydesk.domain.text_messages.models import TextGateway

SEE, SET_UP = "settings.manage:view", "settings.manage"


@require_safe
@needs(SEE)
def gateway_list(request: HttpRequest) -> HttpResponse:
    """Every gateway of the actor's markets, whether it took the last message, what it may cost."""
    actor = actor_of(request)
    rows = [
        {
            "gateway": each,
            "kind": GATEWAYS[each.kind].name if each.kind in GATEWAYS else "Demo: nothing leaves",
            "price": money(each.price, each.currency),
            "most": money(each.most_cost_day, each.currency),
            "reports_to": _reports_to(request, each),
        }
        for each in gateways(actor)
    ]
    known = {"rows": rows, "set_up": gate(actor, SET_UP), "tab": "gateways"}
    return render(request, "text_messages/gateways.html", known)


def _reports_to(request: HttpRequest, gateway: TextGateway) -> str:
    """The address that is entered at a gateway which posts what became of messages; it is half a secret."""
    known = GATEWAYS.get(gateway.kind)
    if known is None or known.report_in is None or not actor_of(request).may(SET_UP):
        return ""
    return request.build_absolute_uri(reverse("public:text_report", args=[token_of(gateway)]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def add(request: HttpRequest) -> HttpResponse:
    """A gateway that sends for a market from now on."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = AddGateway(request.POST if is_sent else None, auto_id="gateway_%s")
    market: Any = form.fields["market"]
    market.choices = [(each.pk, each.name) for each in markets_of(actor)]
    at = came_from(request, reverse("text_messages:gateways"))
    if is_sent and form.is_valid():
        made = actions.add_gateway(**form.cleaned_data, by=actor, now=timezone.now())
        return done(request, at, f"{made.name} sends text messages from now on.")
    known = {"form": form, "at": at, "title": "Add a gateway", "here": reverse("text_messages:add")}
    return render(request, "text_messages/gateway.html", known, status=422 if is_sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SET_UP)
def caps(request: HttpRequest, gateway_id: int) -> HttpResponse:
    """What may be sent at most."""
    gateway, is_sent = _gateway(request, gateway_id), request.method == "POST"
    initial = {name: getattr(gateway, name) for name in Caps.base_fields}
    form = Caps(request.POST if is_sent else None, initial=initial, auto_id="gateway_%s")
    at = came_from(request, reverse("text_messages:gateways"))
    if is_sent and form.is_valid():
        actions.set_caps(gateway.pk, **form.cleaned_data, by=actor_of(request), now=timezone.now())
        return done(request, at, f"{gateway.name}: the limits are set.")
    here = reverse("text_messages:caps", args=[gateway.pk])
    known = {"form": form, "at": at, "title": "Limits", "here": here}
    return render(request, "text_messages/gateway.html", known, status=422 if is_sent else 200)


@require_POST
@needs(SET_UP)
def switch(request: HttpRequest, gateway_id: int) -> HttpResponse:
    """On or off."""
    gateway, is_active = _gateway(request, gateway_id), request.POST.get("is_active") == "on"
    actions.switch_gateway(gateway.pk, is_active=is_active, by=actor_of(request), now=timezone.now())
    told = f"{gateway.name} {'sends again' if is_active else 'sends nothing'}."
    return done(request, came_from(request, reverse("text_messages:gateways")), told)


def _gateway(request: HttpRequest, gateway_id: int) -> TextGateway:
    found = gateways(actor_of(request)).filter(pk=gateway_id).first()
    if found is None:
        raise Http404("There is no such gateway in your markets.")
    return found
