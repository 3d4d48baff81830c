"""What the demo company's risk has before it: escalations, one restricted, somebody held, a phone stopped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.domain.cases.models import Case, Message
from paydesk.domain.retention import actions as retention
from paydesk.domain.risk import actions
from paydesk.kernel.actor import Actor

INVENTED_PHONE = "233209999999"  # nobody of the company pays from it


def risk_of_the_morning(people: Mapping[str, Actor], at: datetime) -> int:
    """A few invented troubles about cases that are there; returns how many escalations were made."""
    support, officer, lead = people["SU"], people["RK"], people["TL"]
    found = Case.objects.filter(state__in=["triaged", "in_progress", "waiting"]).order_by(
        "-amount_minor", "pk"
    )
    open_cases = list(found.exclude(customer=None)[:3])
    assert officer.id is not None
    told = (
        ("risk", "urgent", "The payer says that somebody else used the wallet; the money has moved on."),
        ("regulator", "high", "The customer sent a copy of a letter to the regulator about the charge."),
        ("risk", "high", "The same agent stands behind three cases of this week: it may be one of ours."),
    )
    for n, (case, (kind, severity, reason)) in enumerate(zip(open_cases, told, strict=False)):
        made = actions.escalate(
            ("case", case.pk), market=case.market, kind=kind, severity=severity, reason=reason,
            owner_id=officer.id, is_restricted=n == 2, by=support, now=at + timedelta(minutes=n),
        )  # fmt: skip
        if n == 1:
            actions.acknowledge(made.pk, by=officer, now=at + timedelta(minutes=20))
    if open_cases:
        _stopped(open_cases[0], support, officer, at)
    if len(open_cases) > 1:
        _to_be_taken_out(open_cases[1], lead, at)
        retention.place_hold(
            ("case", open_cases[1].pk),
            reason="The regulator may ask for it: keep everything.",
            by=officer,
            now=at,
        )
    return len(open_cases)


def _stopped(case: Case, support: Actor, officer: Actor, at: datetime) -> None:
    assert case.customer_id is not None
    actions.enforce(
        market=case.market, party_kind="customer", party=case.customer_id, kind="hold", scope="money_out",
        reason="fraud_suspected", note="Until the wallet's owner has shown who they are.",
        expires_at=at + timedelta(days=14), by=support, now=at,
    )  # fmt: skip
    actions.enforce(
        market="GH", party_kind="payer_phone", party=INVENTED_PHONE, kind="block", scope="identification",
        reason="stolen_money", note="The operator reported the wallet as stolen.",
        expires_at=at + timedelta(days=30), by=officer, now=at,
    )  # fmt: skip


def _to_be_taken_out(case: Case, lead: Actor, at: datetime) -> None:
    """The first words somebody wrote wait to be taken out by a second person."""
    message = Message.objects.filter(case=case, direction="in").order_by("pk").first()
    if message is not None and len(message.text.split()) > 2:
        words = " ".join(message.text.split(" ")[:3])
        retention.redact_words(
            message.pk, words=words, reason="Names a person who has nothing to do with it", by=lead, now=at
        )
