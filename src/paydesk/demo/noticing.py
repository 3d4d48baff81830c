"""What many cases of the demo company say together: earlier cases to learn from, incidents, improvements.

The earlier ones go through the tables: two hundred by the verbs would take longer than all files. Their texts
are the invented cases of the categoriser; everything after is done by the verbs, as the worker and people do.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from paydesk import categorising
from paydesk.categorising.labelled import read_labelled
from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, CaseLink, Message
from paydesk.domain.cases.states import OPEN
from paydesk.domain.improvements import actions as improvements
from paydesk.domain.incidents import actions as incidents
from paydesk.domain.incidents import queries as incident_queries
from paydesk.domain.incidents.models import Incident
from paydesk.domain.incidents.tasks import look_for_incidents, tell
from paydesk.domain.payments.models import Payment
from paydesk.domain.triage import actions as triage
from paydesk.domain.triage import learnt
from paydesk.domain.triage.tasks import suggest_and_fill
from paydesk.foundation.assignments.actions import assign
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.public_codes import code_of

WORKER, DEMO = system("worker"), system("demo")
EARLIER_DAYS = 27
SAMPLES = Path(categorising.__file__).parent / "samples" / "invented_cases.csv"
# What the samples call it: (our category, root cause, what became of the money).
SORTED_AS = {
    "payment_not_applied": ("paying.not_applied", "not_received", "applied"),
    "refund_status": ("refund.late", "refund_late", "refunded"),
    "device_locked": ("account.locked", "account_locked_after_payment", "applied"),
    "payment_failed": ("paying.failed_but_debited", "failed_but_debited", "with_provider"),
    "wrong_account_number": ("paying.wrong_account", "payer_mistake", "moved"),
    "paid_twice": ("paying.twice", "duplicate_charge", "refunded"),
    "refund_request": ("refund.wanted", "none", "refunded"),
    "schedule_question": ("account.statement", "none", "none"),
    "merchant_payout_missing": ("payout.late", "payout_late", "none"),
    "fraud_report": ("fraud.unauthorised", "unauthorised", "lost"),
}
OUTAGE = (
    "Mobile money says declined when I pay you, since this morning",
    "Since this morning mobile money says declined each time I pay",
    "I pay you and mobile money says declined, since this morning!",
    "Mobile money says declined. Since this morning I cannot pay you",
    "declined, says mobile money when I pay you, since this morning",
    "Since this morning when I pay you mobile money says declined",
    "Please help, mobile money says declined when I pay you since this morning",
    "When I pay you mobile money says declined since this morning",
    "Again declined, mobile money says, when I pay you since this morning",
)


def noticed_by_morning(people: Mapping[str, Actor], at: datetime) -> None:
    """Everything up to `at`: what was learnt, one incident that was worked on, one the radar proposes."""
    market = _earlier(at)
    if market is None:
        return
    asked = triage.ask_to_learn(by=people["TL"], now=at - timedelta(hours=7))
    learnt.learn(asked.pk, by=WORKER, now=at - timedelta(hours=7))
    _worked_on(people, market, at)
    _outage(market, at)
    for case in Case.objects.filter(state__in=OPEN).order_by("pk"):
        suggest_and_fill(case, at)
    triage.raise_escalations(by=WORKER, now=at)
    look_for_incidents(at)
    _improvements(people, market, at)


def _earlier(at: datetime) -> str | None:
    """Cases of the last weeks, each about a payment, resolved and closed; returns their market."""
    dice = random.Random("earlier")
    paid = list(Payment.objects.filter(state="received").order_by("pk")[:400])
    rows = read_labelled(SAMPLES)
    if not paid or Case.objects.filter(state="closed").exists():
        return None
    market = paid[0].market
    paid = [payment for payment in paid if payment.market == market]
    made, texts, about = [], [], []
    for n, sample in enumerate(rows):
        category, cause, outcome = SORTED_AS[sample.category]
        payment = dice.choice(paid)
        opened = at - timedelta(days=dice.randint(3, EARLIER_DAYS), minutes=dice.randint(0, 480))
        made.append(
            Case(
                market=market, channel=("email", "phone", "chat", "web_form")[n % 4],
                subject=sample.text[:200], state="closed", category=category, category_version=0,
                root_cause=cause, money_outcome=outcome, contact=f"writer{n}@mail.example",
                contact_name="", opened_at=opened, opened_by=DEMO.label, last_message_at=opened,
                first_answered_at=opened + timedelta(minutes=30 + n), amount_minor=payment.amount_minor,
                currency=payment.currency, resolved_at=opened + timedelta(hours=5),
                closed_at=opened + timedelta(hours=54),
            )
        )  # fmt: skip
        texts.append(sample.text)
        about.append(payment.pk)
    Case.objects.bulk_create(made)
    Message.objects.bulk_create(
        Message(case=case, direction="in", channel=case.channel, sender=case.contact, text=text,
                at=case.opened_at)
        for case, text in zip(made, texts, strict=True)
    )  # fmt: skip
    CaseLink.objects.bulk_create(
        CaseLink(case=case, kind="payment", object_id=number, state="confirmed", found_as="our code",
                 decided_by=DEMO.label, at=case.opened_at)
        for case, number in zip(made, about, strict=True)
    )  # fmt: skip
    return market


def _worked_on(people: Mapping[str, Actor], market: str, at: datetime) -> None:
    """Yesterday's incident: proposed by support, opened by the lead, everybody told, its cause named."""
    lead, support = people["TL"], people["SU"]
    then = at - timedelta(hours=20)
    members = [
        cases.open_case(
            market=market, channel="email", contact=f"waits{n}@mail.example", by=DEMO, now=then,
            text=f"You promised that my refund is on its way, that was {n + 3} days ago.",
        )
        for n in range(5)
    ]  # fmt: skip
    incident = incidents.propose(
        market, title="Refunds of last week have not left", by=support, now=then + timedelta(minutes=20),
        why="Five people wait for refunds that were agreed last week.",
        case_ids=[case.pk for case in members], category="refund.late",
    )  # fmt: skip
    later = then + timedelta(minutes=40)
    incidents.adopt(incident.pk, by=lead, now=later)
    assign(
        (incident_queries.SUBJECT, incident.pk),
        market=market,
        owner_id=lead.id,
        version=0,
        by=lead,
        now=later,
    )
    incidents.name_it(incident.pk, title=incident.title, root_cause="refund_late", by=lead, now=later)
    told = incidents.draft_broadcast(
        incident.pk, by=lead, now=later,
        text="Your refund was agreed and waits in a file that did not leave. It leaves today; you need not "
        "write again.",
    )  # fmt: skip
    incidents.send_broadcast(told.pk, by=lead, now=later)
    tell(told.pk, later)
    for message in Message.objects.filter(sent_key=f"broadcast-{told.pk}", delivery="queued"):
        cases.mark_sent(
            message.pk, external_id=f"<told-{message.pk}@desk.example>", by=WORKER,
            now=message.at + timedelta(seconds=11),
        )  # fmt: skip


def _outage(market: str, at: datetime) -> None:
    """This morning: many who say the same within the hour."""
    for n, text in enumerate(OUTAGE):
        cases.open_case(
            market=market, channel=("email", "web_form")[n % 2], contact=f"declined{n}@mail.example",
            text=text, external_id=f"<declined-{n}@mail.example>", by=DEMO,
            now=at - timedelta(minutes=45 - 4 * n),
        )  # fmt: skip
    paid = Payment.objects.filter(market=market, state="received").order_by("-pk").first()
    if paid is not None:
        cases.open_case(
            market=market, channel="web_form", contact="notme@mail.example", harms=["unauthorised"], by=DEMO,
            text=f"I did not make this payment: {code_of('PAY', paid.pk)}. Somebody has my phone.",
            external_id="<not-me@mail.example>", now=at - timedelta(minutes=12),
        )  # fmt: skip


def _improvements(people: Mapping[str, Actor], market: str, at: datetime) -> None:
    support, lead, analyst = people["SU"], people["TL"], people["AN"]
    then = at - timedelta(days=1)
    incident = Incident.objects.filter(state="open").first()
    first = improvements.propose_improvement(
        market, title="Ask for the transaction code in the web form",
        problem="Half of those who say that a payment is missing leave the code out, and we ask back.",
        expected="One message fewer in each such case; a fifth fewer cases of payments not credited.",
        root_cause="not_received", category="paying.not_applied",
        evidence=[("root_cause", "not_received")], by=support, now=then,
    )  # fmt: skip
    improvements.vote(first.pk, is_for=True, by=analyst, now=then + timedelta(hours=1))
    improvements.vote(first.pk, is_for=True, by=lead, now=then + timedelta(hours=2))
    second = improvements.propose_improvement(
        market, title="Send payout files twice a day",
        problem="A refund that is agreed after ten waits until the next morning, and people ask.",
        expected="Half as many cases about refunds that have not come.", root_cause="refund_late",
        evidence=[("incident", str(incident.pk))] if incident else [], by=analyst, now=then,
    )  # fmt: skip
    improvements.decide(
        second.pk, accept=True, note="The cut-off of the provider allows it. From next week on.", by=lead,
        now=then + timedelta(hours=3),
    )  # fmt: skip
