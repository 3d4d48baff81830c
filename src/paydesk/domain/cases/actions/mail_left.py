"""Mail that waits to be understood is taken in one by one; what could not be is left to a person."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import F

from paydesk.domain.cases.acknowledging import MAIL
from paydesk.domain.cases.actions.mail_in import take_in, understand
from paydesk.domain.cases.models import ReceivedMail
from paydesk.domain.cases.queries import own_addresses
from paydesk.domain.cases.received_mail import became
from paydesk.domain.cases.steps import RIGHT, CaseRefused
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

MOST_AT_ONCE = 200
TRIES = 5  # so often the database may be in the way before a message counts as failed
LEFT = ("failed", "set_aside")
logger = logging.getLogger("paydesk.worker")


def take_in_all(*, by: Actor, now: datetime) -> int:
    """Take in what was kept, oldest first; one that cannot be is left with the reason and holds up none.

    Where another worker has it, or the database would not do it now, it is tried again, up to TRIES times.
    """
    number = 0
    waiting = ReceivedMail.objects.filter(state="kept").order_by("id").values_list("pk", flat=True)
    found = list(waiting[:MOST_AT_ONCE])
    own = own_addresses() if found else []
    for pk in found:
        try:
            take_in(pk, own=own, by=by, now=now)
        except (IntegrityError, OperationalError) as fault:
            mine = ReceivedMail.objects.filter(pk=pk, state="kept")  # raises again where the database is away
            mine.update(tries=F("tries") + 1)
            if (tired := mine.filter(tries__gte=TRIES).first()) is not None:
                became(tired, "failed", _why(fault))
            continue
        except Exception as fault:  # whatever a stranger's message does, the next is read
            logger.exception("The mail %s could not be taken in", pk)
            became(ReceivedMail.objects.get(pk=pk), "failed", _why(fault))
        number += 1
    return number


def take_in_anyway(received_id: int, *, by: Actor, now: datetime) -> ReceivedMail:
    """A person has a mail that was set aside, or failed, made a case or put into its own.

    Nobody is acknowledged for what a machine wrote. Raises CaseRefused, which says why where it fails again.
    """
    received = _left(received_id, by)
    try:
        understand(received, anyway=True, by=MAIL, now=now)
    except (Refused, DatabaseError) as fault:
        raise CaseRefused(f"It could not be taken in: {_why(fault)}") from fault
    except Exception as fault:
        logger.exception("The mail %s could not be taken in", received_id)
        raise CaseRefused(f"It could not be taken in: {_why(fault)}") from fault
    _record("mail.taken_in", received, by, now)
    return received


@transaction.atomic(durable=True)
def ignore_mail(received_id: int, *, by: Actor, now: datetime) -> ReceivedMail:
    """Nothing has to be done about a mail that was set aside or failed. Raises CaseRefused."""
    received = _left(received_id, by)
    became(received, "ignored", received.told)
    audit.record(
        "mail.ignored", subject=("received_mail", received.pk), by=by, at=now,
        market=received.mailbox.market, changes={},
    )  # fmt: skip
    return received


@transaction.atomic(durable=True)
def _record(verb: str, received: ReceivedMail, by: Actor, now: datetime) -> None:
    audit.record(
        verb, subject=("received_mail", received.pk), by=by, at=now, market=received.mailbox.market,
        changes={"case_id": received.case_id, "state": received.state},
    )  # fmt: skip


def _left(received_id: int, by: Actor) -> ReceivedMail:
    received = ReceivedMail.objects.select_related("mailbox").filter(pk=received_id).first()
    if received is None or not by.sees(received.mailbox.market):
        raise CaseRefused("There is no such mail in your markets.")
    by.needs(RIGHT, market=received.mailbox.market)
    if received.state not in LEFT:
        raise CaseRefused(f"This mail {STANDS[received.state]}.")
    return received


STANDS = {
    "kept": "is taken in within seconds",
    "in_case": "is in a case already",
    "bounce": "said that an answer did not arrive, and its case knows",
    "ignored": "is ignored: somebody decided so",
}


def _why(fault: Exception) -> str:
    """A sentence for the list; of a fault its kind alone, as its words may hold those of the message."""
    if isinstance(fault, Refused):
        return fault.text
    return f"Something in it cannot be understood ({type(fault).__name__}). The log of the desk says more."
