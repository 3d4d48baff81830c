"""One answer to all cases of an incident: looked at first, then sent case by case, each person once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.hearing import facts_for
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.domain.cases.rules import STALE_AFTER, problem_with_text
from paydesk.domain.cases.states import OPEN
from paydesk.domain.incidents import rules
from paydesk.domain.incidents.models import Broadcast, BroadcastTo, Incident
from paydesk.domain.incidents.queries import members_of
from paydesk.domain.incidents.states import BROADCAST
from paydesk.domain.incidents.steps import TELL, IncidentRefused, locked, record
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def draft_broadcast(incident_id: int, *, text: str, by: Actor, now: datetime) -> Broadcast:
    """Write what all cases of an open incident are told and look up, for each, what it will say.

    `{payment.amount}` and other facts are put in from each case's own payments, as they are now. A case that
    lacks one, or whose writer may not hear it, is held out with the reason. Sends nothing.
    Raises IncidentRefused.
    """
    incident = locked(incident_id, by, right=TELL)
    if incident.state != "open":
        raise IncidentRefused("Adopt the incident before its cases are told anything.")
    said = redacted(text).strip()
    if problem := problem_with_text(said, what="broadcast"):
        raise IncidentRefused(problem, field="text")
    Broadcast.objects.filter(incident=incident, state="drafted").update(state="dropped")
    broadcast = Broadcast.objects.create(
        incident=incident, text=said, made_by=by.label, person_id=by.id, made_at=now
    )
    rows = _rows(incident, broadcast, by, now)
    if not rows:
        raise IncidentRefused("The incident has no case that could be told.")
    BroadcastTo.objects.bulk_create(rows)
    waits = sum(row.state == "waits" for row in rows)
    record(
        "incident.broadcast_drafted", incident, by, now, broadcast_id=broadcast.pk, cases=len(rows),
        to_tell=waits,
    )  # fmt: skip
    return broadcast


def _rows(incident: Incident, broadcast: Broadcast, by: Actor, now: datetime) -> list[BroadcastTo]:
    members = list(members_of(incident, by))
    hearers = {case.pk: _hearer(case) for case in members}
    told_in = rules.who_hears(list(hearers.values()))
    links: dict[int, list[tuple[str, int]]] = {}
    confirmed = CaseLink.objects.filter(case__in=[case.pk for case in members], state="confirmed")
    for case_id, kind, number in confirmed.order_by("pk").values_list("case_id", "kind", "object_id"):
        links.setdefault(case_id, []).append((kind, number))
    rows, known = [], set[str]()
    for case in members:
        row = BroadcastTo(broadcast=broadcast, case=case, case_version=case.version)
        rows.append(row)
        if told_in[case.pk] != case.pk:
            row.state, row.why = "elsewhere", f"{told_in[case.pk]}"
            continue
        facts: dict[str, set[str]] = {}
        barred: dict[str, str] = {}
        about = links.get(case.pk, []) if "{" in broadcast.text else []
        for fact, why in facts_for(case, about, now, channel=channel_of_answer(case, now)):
            facts.setdefault(fact.name, set()).add(fact.value)
            if why:
                barred[fact.name] = why
        known |= set(facts)
        made = rules.filled(broadcast.text, facts, barred)
        if problem := hearers[case.pk].why_not or made.problem:
            row.state, row.why = "held", problem
        else:
            row.text, row.facts = made.text, dict(made.facts)
    if strange := rules.unknown_placeholders(broadcast.text, known):
        raise IncidentRefused(
            f"Nothing is known that is called {', '.join(strange)}. Take it out, or choose from the facts.",
            field="text",
        )
    return rows


def _hearer(case: Case) -> rules.Hearer:
    person = f"customer:{case.customer_id}" if case.customer_id else case.contact.lower() or f"case:{case.pk}"
    why_not = rules.why_unreachable(
        is_open=case.state in OPEN, state=case.state, contact=case.contact, channel=case.channel
    )
    return rules.Hearer(case.pk, person, case.opened_at, why_not)


@transaction.atomic(durable=True)
def send_broadcast(broadcast_id: int, *, by: Actor, now: datetime) -> Broadcast:
    """Let a broadcast go as it was looked at: the worker answers each case in the name of who sends it.

    What was looked at longer ago than facts may be old is refused: look again. Raises IncidentRefused.
    """
    found = Broadcast.objects.select_for_update().get(pk=broadcast_id)
    incident = locked(found.incident_id, by, right=TELL)
    if found.state in ("sending", "sent"):
        return found
    if by.id is None:
        raise IncidentRefused("A person sends a broadcast.")
    if incident.state != "open":
        raise IncidentRefused(f"The incident is {incident.state}: nobody is told anything now.")
    if now - found.made_at > STALE_AFTER:
        raise IncidentRefused("This was looked at more than 10 minutes ago: look again, then send.")
    if Broadcast.objects.filter(incident=incident, state="sending").exists():
        raise IncidentRefused("Another broadcast of this incident is on its way.")
    if not BroadcastTo.objects.filter(broadcast=found, state="waits").exists():
        raise IncidentRefused("Nobody would be told anything: see at each case why.")
    found.state = BROADCAST.after("send", found.state)
    found.person_id, found.made_by, found.sent_at = by.id, by.label, now
    found.save(update_fields=["state", "person_id", "made_by", "sent_at"])
    record("incident.broadcast_sent", incident, by, now, broadcast_id=found.pk)
    put("incident.broadcast", {"broadcast_id": found.pk})
    return found


@transaction.atomic(durable=True)
def drop_broadcast(broadcast_id: int, *, by: Actor, now: datetime) -> Broadcast:
    """Not this one. What left already stays."""
    found = Broadcast.objects.select_for_update().get(pk=broadcast_id)
    incident = locked(found.incident_id, by, right=TELL)
    if found.state == "dropped":
        return found
    found.state = BROADCAST.after("drop", found.state)
    found.save(update_fields=["state"])
    record("incident.broadcast_dropped", incident, by, now, broadcast_id=found.pk)
    return found


@transaction.atomic(durable=True)
def keep_outcome(to_id: int, *, message_id: int | None, why: str = "", by: Actor, now: datetime) -> None:
    """What came of one case: the message it was told by, or why it was not told."""
    found = BroadcastTo.objects.select_for_update().select_related("broadcast__incident").get(pk=to_id)
    by.needs(TELL, market=found.broadcast.incident.market)
    if found.state != "waits":
        return
    found.state = "told" if message_id is not None else "held"
    found.message_id, found.why = message_id, why
    found.save(update_fields=["state", "message_id", "why"])
    record(
        "incident.case_told" if message_id is not None else "incident.case_not_told",
        found.broadcast.incident, by, now, case_id=found.case_id, message_id=message_id,
    )  # fmt: skip


@transaction.atomic(durable=True)
def finish_broadcast(broadcast_id: int, *, by: Actor, now: datetime) -> Broadcast:
    """Everybody was told, or it is written down why not."""
    found = Broadcast.objects.select_for_update().select_related("incident").get(pk=broadcast_id)
    by.needs(TELL, market=found.incident.market)
    waits = BroadcastTo.objects.filter(broadcast=found, state="waits").exists()
    if found.state == "sending" and not waits:
        found.state = BROADCAST.after("finish", found.state)
        found.save(update_fields=["state"])
        record("incident.broadcast_done", found.incident, by, now, broadcast_id=found.pk)
    return found
