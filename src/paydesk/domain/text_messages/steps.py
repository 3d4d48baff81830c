"""Parts of the verbs about text messages: the gateway of a case, its caps, one more message queued."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from paydesk.connectors.texting import Account
from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import OPEN
from paydesk.domain.cases.steps import locked
from paydesk.domain.parties.models import CustomerPhone
from paydesk.domain.text_messages import rules
from paydesk.domain.text_messages.models import TextGateway, TextMessage
from paydesk.domain.text_messages.queries import used_by
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.outbox.steps import put
from paydesk.foundation.people.sealed_text import seal, unseal
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

RIGHT = "settings.manage"
PURPOSE = "text_message"


class TextRefused(Refused):
    """This cannot be done with text messages."""

    code = "text.refused"


class CapRefused(TextRefused):
    """Enough went to this number, or through this gateway."""

    code = "text.too_many"


def case_to_text(case_id: int, by: Actor, *, version: int | None = None) -> Case:
    """The case, locked, whose customer may be sent something. Raises TextRefused, CaseRefused."""
    case = locked(case_id, by, version=version)
    if case.state not in OPEN:
        raise TextRefused(f"{code(case)} is {case.state}: open it again first.")
    if case.party_role == "third_party":
        raise TextRefused("This case is with a third person: nothing goes to the customer's phone for them.")
    if case.customer_id is None:
        raise TextRefused("Say first which customer this is: messages go to the number on file alone.")
    return case


def number_on_file(case: Case, phone_id: int) -> str:
    """A number the ledger knows of the case's customer; never the one somebody writes or calls from."""
    phone = CustomerPhone.objects.filter(pk=phone_id, customer_id=case.customer_id).first()
    if phone is None:
        raise TextRefused("This is no number on file of the customer: choose one of those shown.")
    return phone.msisdn


def queue(
    case: Case,
    number: str,
    *,
    kind: str,
    parts: int,
    text: str = "",
    message: Message | None = None,
    after: timedelta = timedelta(0),
    by: Actor,
    now: datetime,
    **fields: Any,
) -> TextMessage:
    """One more message, within the caps of the gateway, which stays locked until it is stored.

    It leaves once this transaction is committed. Raises TextRefused, CapRefused.
    """
    gateway = TextGateway.objects.select_for_update().filter(market=case.market, is_active=True).first()
    if gateway is None:
        raise TextRefused("No gateway sends text messages here: an administrator sets one up under Mail.")
    caps = rules.Caps(gateway.most_per_hour, gateway.most_cost_day, gateway.price, gateway.currency)
    if why := rules.why_too_many(used_by(gateway, number, now), caps, parts=parts, is_code=kind == "code"):
        raise CapRefused(why)
    made = TextMessage.objects.create(
        gateway=gateway, case=case, customer_id=case.customer_id, message=message, kind=kind, number=number,
        sealed_text=seal(text, PURPOSE) if text else "", parts=parts, leaves_at=now + after, by=by.label,
        at=now, **fields,
    )  # fmt: skip
    put("text.queued", {"text_id": made.pk})
    return made


def account_of(gateway: TextGateway) -> Account:
    """Our account there. Raises UnreadableError where its secret was sealed under another key."""
    secret = unseal(gateway.secret, PURPOSE) if gateway.secret else ""
    return Account(gateway.base_url, gateway.user, secret, gateway.sender, gateway.shape)


def record(verb: str, case: Case, by: Actor, at: datetime, **changes: Any) -> None:
    """In the case's trail; a number never stands in it."""
    audit.record(verb, subject=(clocks.SUBJECT, case.pk), by=by, at=at, market=case.market, changes=changes)
