"""Text messages in a case: a code to the number on file, what they read back, a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import OPEN
from paydesk.domain.text_messages import actions
from paydesk.domain.text_messages.queries import code_out, gateway_of, phones_of, wants_notices
from paydesk.domain.text_messages.rules import CODE_MINUTES, DEMO, MOST_PARTS, MOST_TRIES
from paydesk.domain.text_messages.states import TEXT
from paydesk.foundation.people.masking import masked_phone
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import SEE, WORK, case_or_404
from paydesk.web.templatetags.desk import state_words

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case


@require_safe
@needs(SEE)
def choose(request: HttpRequest, public_code: str) -> HttpResponse:
    """The dialog: numbers on file, masked; the code that is out; a notice."""
    return _dialog(request, case_or_404(actor_of(request), public_code))


@require_POST
@needs(WORK)
def send_code(request: HttpRequest, public_code: str) -> HttpResponse:
    """A new code to one of the numbers on file; the dialog waits for what they read back."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    made, told = actions.send_code(case.pk, phone_id=_number(request), by=actor, now=timezone.now())
    case.refresh_from_db()
    is_demo = made.gateway.kind == DEMO
    return _dialog(request, case, demo_code=f"{told[:3]} {told[3:]}" if is_demo else "")


@require_POST
@needs(WORK)
def check_code(request: HttpRequest, public_code: str) -> HttpResponse:
    """What they read back: right, they are known in a strong way."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    channel = request.POST.get("channel", "")
    if channel not in ("", "phone", "email", "chat"):
        raise Refused("Choose the channel from its list.")
    actions.check_code(
        case.pk, code=request.POST.get("code", "")[:20], channel=channel, by=actor, now=timezone.now()
    )
    return _done(request, case, _("the code is right: they are known in a strong way."))


@require_POST
@needs(WORK)
def wish(request: HttpRequest, public_code: str) -> HttpResponse:
    """They want notices by text message, or none."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    case = actions.note_wish(
        case.pk, wants=request.POST.get("wants") == "on", by=actor, now=timezone.now()
    )  # fmt: skip
    return _dialog(request, case)


@require_POST
@needs(WORK)
def send_notice(request: HttpRequest, public_code: str) -> HttpResponse:
    """An answer as a text message."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    version = request.POST.get("version", "")
    actions.send_notice(
        case.pk, phone_id=_number(request), text=request.POST.get("text", ""),
        sent_key=request.POST.get("sent_key", "")[:64] or uuid4().hex,
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        by=actor, now=timezone.now(),
    )  # fmt: skip
    return _done(request, case, _("the text message leaves in ten seconds."))


def _number(request: HttpRequest) -> int:
    text = request.POST.get("phone", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _done(request: HttpRequest, case: Case, told: str) -> HttpResponse:
    return done(request, came_from(request, page_of("case", case.pk)), f"{code(case)}: {told}")


def _dialog(request: HttpRequest, case: Case, *, demo_code: str = "") -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    phones, out = phones_of(case), code_out(case, now)
    known: dict[str, Any] = {
        "case": case,
        "case_code": code(case),
        "at": came_from(request, page_of("case", case.pk)),
        "phones": [(each.pk, masked_phone(each.msisdn)) for each in phones],
        "out": out,
        "out_number": masked_phone(out.number) if out else "",
        "out_state": (TEXT.family(out.state), state_words(out.state)) if out else ("", ""),
        "tries_left": MOST_TRIES - out.code_tries if out else 0,
        "minutes": CODE_MINUTES,
        "most_parts": MOST_PARTS,
        "wish": wants_notices(case),
        "demo_code": demo_code,
        "sent_key": uuid4().hex,
        "blocked": gate(actor, WORK).reason or _why_not(case, bool(phones)),
    }
    return render(request, "text_messages/choose.html", known)


def _why_not(case: Case, has_phones: bool) -> str:
    """Why nothing can be sent; "" where it can."""
    if case.state not in OPEN:
        return _("This case is not open any more.")
    if case.party_role == "third_party":
        return _("This case is with a third person: nothing goes to the customer's phone for them.")
    if case.customer_id is None:
        return _("Say first which customer this is, under Sort: messages go to the number on file alone.")
    if not has_phones:
        return _("The ledger knows no phone number of this customer.")
    if gateway_of(case.market) is None:
        return _("No gateway sends text messages in this market: an administrator sets one up under Mail.")
    return ""
