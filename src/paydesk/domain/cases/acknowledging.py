"""The automatic answer to the first message of a case: once, within its caps, and it meets no clock."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import connection

from paydesk.connectors.mail import automatic_answers
from paydesk.connectors.mail.machine_mail import MachineMail
from paydesk.connectors.mail.messages import InboundMail
from paydesk.domain.cases import mailing, rules
from paydesk.domain.cases.models import Case, Mailbox
from paydesk.domain.cases.steps import say
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import system

MAIL = system("mail")
HOUR, DAY, TEN_MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)
# Of the automatic answers of a day those to one address and the latest; a mailbox sends ten a minute at most.
_SENT = """
SELECT count(*) FILTER (WHERE m.case_id = %(case)s),
       count(*) FILTER (WHERE m.recipients = %(to)s AND m.at > %(hour)s),
       count(*) FILTER (WHERE m.recipients = %(to)s),
       count(*) FILTER (WHERE m.recipients = %(to)s AND c.subject = %(subject)s),
       count(*) FILTER (WHERE m.at > %(lately)s AND c.mailbox_id = %(box)s)
FROM cases_message m JOIN cases_case c ON c.id = m.case_id
WHERE m.is_automatic AND m.channel = 'email' AND m.at > %(day)s
  AND (m.recipients = %(to)s OR m.at > %(lately)s OR m.case_id = %(case)s)
"""


def acknowledge(case: Case, box: Mailbox, mail: InboundMail, machine: MachineMail, now: datetime) -> None:
    """Part of the verb that takes a message in. Some hear from a person alone."""
    if rules.by_a_person_alone(case.harms):
        return
    decision = automatic_answers.may_acknowledge(
        machine, is_spam=mail.spam.flagged, is_first_of_case=True, has_sender=bool(case.contact),
        is_switched_off=not box.acknowledges or box.breaker_at is not None,
        count=lambda: _sent(case, box, now),
    )  # fmt: skip
    if decision.trips_breaker:
        _trip_breaker(box, decision.because, now)
    if decision.allowed:
        say(
            case, direction="out", channel="email", author="system:mail", recipients=[case.contact],
            text=mailing.acknowledgement(case), delivery="queued", leaves_at=now, is_automatic=True, at=now,
        )  # fmt: skip


def _sent(case: Case, box: Mailbox, now: datetime) -> automatic_answers.Sent:
    with connection.cursor() as cursor:
        cursor.execute(
            _SENT,
            {
                "case": case.pk,
                "to": json.dumps([case.contact]),
                "subject": case.subject,
                "box": box.pk,
                "hour": now - HOUR,
                "day": now - DAY,
                "lately": max(filter(None, (now - TEN_MINUTES, box.answers_since))),
            },
        )
        return automatic_answers.Sent(*cursor.fetchone())


def _trip_breaker(box: Mailbox, because: str, now: datetime) -> None:
    """A mailbox acknowledges nothing until a person looked; Home and the list of mailboxes say so."""
    mine = Mailbox.objects.filter(pk=box.pk, breaker_at=None)
    if mine.update(breaker_at=now, breaker_because=because[:200]):
        audit.record(
            "mailbox.breaker_tripped", subject=("mailbox", box.pk), by=MAIL, at=now, market=box.market,
            changes={},
        )  # fmt: skip
