"""Text messages leave, and gateways say what became of them. No number and no word stands in a log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from paydesk.connectors.texting import GATEWAYS, GatewayError, Report, Taken
from paydesk.domain.cases.actions import mark_failed, mark_sent
from paydesk.domain.cases.models import Message
from paydesk.domain.text_messages import rules
from paydesk.domain.text_messages.models import TextGateway, TextMessage
from paydesk.domain.text_messages.states import TEXT
from paydesk.domain.text_messages.steps import PURPOSE, account_of, record
from paydesk.foundation.people.sealed_text import UnreadableError, unseal
from paydesk.kernel.actor import Actor

MOST_AT_ONCE = 50
SETTLED = {
    "sent": "case.text_sent", "delivered": "case.text_delivered", "failed": "case.text_failed",
    "unknown": "case.text_lost", "taken_back": "case.text_taken_back",
}  # fmt: skip
OTHER_KEY = "The gateway's secret was sealed under another secret key of the desk: give it that key as well."
YOUNG = timedelta(minutes=15)


def send_due(*, by: Actor, now: datetime) -> int:
    """Hand over what waits; returns how many gateways took.

    Each is claimed first, so that two workers send it once. A gateway that says "later" is asked again, up to
    ATTEMPTS times; where nobody knows whether it took a message, that one is never sent again by itself.
    """
    due = TextMessage.objects.filter(state="queued", leaves_at__lte=now).select_related("gateway", "message")
    taken = 0
    for text in due.order_by("leaves_at")[:MOST_AT_ONCE]:
        mine = TextMessage.objects.filter(pk=text.pk, state="queued", leaves_at=text.leaves_at)
        if mine.update(attempts=F("attempts") + 1, leaves_at=now + rules.CLAIMED):
            taken += _send(text, text.attempts + 1, by, now)
    return taken


def _send(text: TextMessage, attempt: int, by: Actor, now: datetime) -> int:
    gateway = text.gateway
    if (said := _words(text, by, now)) is None:
        return 0
    try:
        took = _handed_over(gateway, text, said)
    except (GatewayError, UnreadableError) as problem:
        why = problem.text if isinstance(problem, GatewayError) else OTHER_KEY
        TextGateway.objects.filter(pk=gateway.pk).update(problem=why)
        if getattr(problem, "temporary", True) and attempt < rules.ATTEMPTS:
            again = now + timedelta(seconds=15 * 4 ** (attempt - 1))
            TextMessage.objects.filter(pk=text.pk, state="queued").update(leaves_at=again, why=why[:200])
            return 0
        if text.message is not None:
            mark_failed(text.message.pk, why=why, by=by, now=now)
        lost = getattr(problem, "unknown", False)
        _settle(text.pk, "lose_track" if lost else "fail", why=why, by=by, now=now)
        return 0
    if gateway.problem:
        TextGateway.objects.filter(pk=gateway.pk).update(problem="")
    if text.message is not None:  # first, as a worker that dies here looks at it again
        mark_sent(text.message.pk, external_id=took.message_id, by=by, now=now)
    _settle(text.pk, "hand_over", took=took, by=by, now=now)
    if gateway.kind == rules.DEMO:
        _became(text, Report(took.message_id, "delivered"), by, now)
    return 1


def _handed_over(gateway: TextGateway, text: TextMessage, said: str) -> Taken:
    if gateway.kind == rules.DEMO:
        return Taken(f"demo-{text.pk}")
    return GATEWAYS[gateway.kind].send(account_of(gateway), text.number, said, f"text-{text.pk}")


def _words(text: TextMessage, by: Actor, now: datetime) -> str | None:
    """What is sent; None where nothing is to be, and then it is settled."""
    if text.kind == "code":
        if text.code_until is None or text.code_until <= now:
            _settle(text.pk, "fail", why="The code ended before it could be sent.", by=by, now=now)
            return None
        try:
            return unseal(text.sealed_text, PURPOSE)
        except UnreadableError:
            _settle(text.pk, "fail", why=OTHER_KEY, by=by, now=now)
            return None
    assert text.message is not None, "a notice has its words in the case"
    mine = Message.objects.filter(pk=text.message.pk, delivery="queued")
    if mine.update(attempts=F("attempts") + 1):
        return text.message.text
    ended = {"taken_back": "take_back", "sent": "hand_over"}.get(text.message.delivery, "fail")
    _settle(text.pk, ended, by=by, now=now)
    return None


@transaction.atomic(durable=True)
def _settle(
    text_id: int, transition: str, *, took: Taken | None = None, why: str = "", by: Actor, now: datetime
) -> bool:
    """Write down what became of a message; False where that was known already."""
    text = (
        TextMessage.objects.select_for_update(of=("self",)).select_related("case", "gateway").get(pk=text_id)
    )
    if not TEXT.may(transition, text.state):
        return False
    was, text.state = text.state, TEXT.after(transition, text.state)
    text.sealed_text, text.leaves_at, text.why = "", None, why[:200]
    if took is not None:
        text.external_id = took.message_id
        text.cost = took.cost if took.currency in ("", text.gateway.currency) else None
    if text.state != "sent":
        text.done_at = now
    text.save(update_fields=["state", "sealed_text", "leaves_at", "why", "external_id", "cost", "done_at"])
    record(SETTLED[text.state], text.case, by, now, text_id=text.pk, state=[was, text.state])
    return True


def take_report(gateway: TextGateway, said: Mapping[str, str], *, by: Actor, now: datetime) -> bool:
    """A gateway posts what became of a message; whether it is one of ours. Twice the same changes nothing."""
    reader = GATEWAYS[gateway.kind].report_in if gateway.kind in GATEWAYS else None
    report = reader(said) if reader else None
    if report is None:
        return False
    text = gateway.messages.filter(external_id=report.message_id).select_related("message").first()
    if text is None or (report.number and text.number and report.number != text.number):
        return False
    _became(text, report, by, now)
    return True


def ask_due(*, by: Actor, now: datetime) -> int:
    """Ask gateways that do not report what became of messages; returns how many are known now."""
    asked = [code for code, each in GATEWAYS.items() if each.ask]
    often = Q(asked_at=None) | Q(at__gt=now - YOUNG, asked_at__lt=now - timedelta(minutes=1))
    open_ones = TextMessage.objects.filter(
        often | Q(asked_at__lt=now - timedelta(hours=1)), state="sent", gateway__kind__in=asked,
        at__gt=now - rules.ASKED_FOR,
    ).exclude(external_id="")  # fmt: skip
    known = 0
    for text in open_ones.select_related("gateway", "message").order_by("asked_at", "pk")[:MOST_AT_ONCE]:
        TextMessage.objects.filter(pk=text.pk).update(asked_at=now)
        ask = GATEWAYS[text.gateway.kind].ask
        try:
            report = ask(account_of(text.gateway), text.external_id) if ask else None
        except (GatewayError, UnreadableError):
            continue  # what it does not say now it says later
        known += report is not None and _became(text, report, by, now)
    return known


def _became(text: TextMessage, report: Report, by: Actor, now: datetime) -> bool:
    if report.outcome == "sent":
        return False
    if report.outcome == "delivered":
        if text.message is not None:
            Message.objects.filter(pk=text.message.pk, delivery="sent").update(delivery="delivered")
        return _settle(text.pk, "deliver", by=by, now=now)
    if text.message is not None:
        why = f"The text message did not arrive ({report.why or 'no reason given'})."
        mark_failed(text.message.pk, why=why, by=by, now=now)
    return _settle(text.pk, "fail", why=report.why, by=by, now=now)
