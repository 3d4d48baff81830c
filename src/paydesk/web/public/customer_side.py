"""The other side of the desk, on a demo desk alone: call, write and chat as one of its invented customers.

What is done here reaches the desk as it would from outside: a call is announced, a mail lies in the mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from typing import TYPE_CHECKING
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from paydesk.connectors.mail.messages import InboundMail
from paydesk.connectors.mail.reading import read_mail
from paydesk.domain.cases.mailing import local_mail
from paydesk.domain.cases.queries import mailboxes, talked_about
from paydesk.domain.doors.actions import announce_call
from paydesk.domain.doors.queries import doors
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments.queries import payments, suggestions_for
from paydesk.foundation.people.queries import demo_sign_ins
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.money import Money
from paydesk.kernel.phone_numbers import shown
from paydesk.web.public.limits import LOOKS
from paydesk.web.public.pages import POLICY, gone, page, public, visitor

if TYPE_CHECKING:
    from paydesk.connectors.mail.local import LocalMail
    from paydesk.domain.cases.models import Mailbox
    from paydesk.domain.doors.models import Door

EVERYWHERE = system("customer side")
MOST_PARTS, MOST_LOOKED_AT, MOST_LETTERS = 4, 12, 5


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody to be: an invented customer, and what they know of a payment that is missing."""

    name: str
    phone: str
    mail: str
    account: str
    amount: Money
    paid_on: date
    code: str


@public(LOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_side(request: HttpRequest) -> HttpResponse:
    """Whom one may be, a telephone, a letter to write, what came back; nothing where nobody is invented."""
    opened = [door for door in doors(EVERYWHERE) if door.is_active] if demo_sign_ins() else []
    telephone = next((door for door in opened if door.kind == "phone"), None)
    if telephone is None:
        return gone("en")
    by = visitor(telephone.market, "customer side")
    post = _post(by)
    if request.method == "POST":
        return _done(request, telephone, by, post)
    call = request.GET.get("call", "")
    known = {
        "parts": _parts(by), "call": call if call.isalnum() else "", "wrote": "wrote" in request.GET,
        "address": post[0].address if post else "", "letters": _letters(post),
        "keys": {door.kind: door.key for door in opened if door.market == telephone.market},
    }  # fmt: skip
    answer = page("customer_side", known, language="en", market=telephone.market)
    answer["Content-Security-Policy"] = POLICY.format(ancestors="'none'") + "; frame-src 'self'"
    return answer


def _post(by: Actor) -> tuple[Mailbox, LocalMail] | None:
    """The mailbox of the market that lies on this machine."""
    for box in mailboxes(by):
        if box.is_active and (local := local_mail(box.imap)) is not None:
            return box, local
    return None


def _parts(by: Actor) -> list[Part]:
    """Customers whose payment probably waits in suspense, and who said nothing yet; each once."""
    lost = list(payments(by, {"payer": "unknown", "state": "received"})[:MOST_LOOKED_AT])
    found: dict[int, Part] = {}
    known = talked_about("payment", [payment.pk for payment in lost])
    for payment in (each for each in lost if each.pk not in known):
        likely = suggestions_for([payment], on=payment.value_on).get(payment.pk)
        contract = likely[0].standing.contract if likely else None
        if contract is None or contract.customer_id in found or len(found) == MOST_PARTS:
            continue
        customer = customer_for(by, contract.customer_id)
        name, phones = customer.name, [each.msisdn for each in customer.phones.all()]
        found[customer.pk] = Part(
            name, shown(phones[0]) if phones else "", f"{'.'.join(name.lower().split())}@mail.example",
            contract.account_number, Money(payment.amount_minor, payment.currency), payment.value_on,
            payment.statement_line.provider_ref,
        )  # fmt: skip
    return list(found.values())


def _letters(post: tuple[Mailbox, LocalMail] | None) -> list[InboundMail]:
    """What the desk sent last, newest first."""
    if post is None:
        return []
    with post[1] as folder:
        return [read_mail(raw) for raw in folder.sent(most=MOST_LETTERS)]


def _done(
    request: HttpRequest, telephone: Door, by: Actor, post: tuple[Mailbox, LocalMail] | None
) -> HttpResponse:
    said, here = request.POST, reverse("public:customer_side")
    if said.get("what") == "write" and post is not None:
        box, folder = post
        mail = EmailMessage(policy=SMTP)
        mail["From"] = " ".join(said.get("from", "").split())[:200]
        mail["To"] = " ".join(said.get("to", "").split())[:200] or box.address
        mail["Subject"] = " ".join(said.get("subject", "").split())[:200] or "Payment"
        if answers := "".join(said.get("answers", "").split())[:200]:
            mail["In-Reply-To"] = answers
        mail["Message-ID"] = make_msgid(domain="mail.example")
        mail.set_content(said.get("text", "")[:5000])
        with folder:
            folder.arrive(mail.as_bytes())
        return HttpResponseRedirect(f"{here}?wrote=1")
    if said.get("what") == "call":
        known = {"call_id": said.get("call", "") or uuid4().hex, "number": said.get("number", "")[:40]}
        told = {**known, "by": by, "now": timezone.now()}
        call = announce_call(telephone, event="ringing", **told)
        if not said.get("call"):
            return HttpResponseRedirect(f"{here}?{urlencode({'call': call.external_id})}")
        if call.taken_by_id is not None:  # whoever took it picked up
            announce_call(telephone, event="answered", **told)
        announce_call(telephone, event="ended", **told)
    return HttpResponseRedirect(here)
