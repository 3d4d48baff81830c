"""One exception held under lock: what every verb on it asks, says and records."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.states import EXCEPTION
from paydesk.domain.reconciliation.steps import SUBJECT, open_again, start_clock
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, Refused

RIGHT = "matching.confirm"


class ExceptionRefused(Refused):
    """This cannot be done with this exception."""

    code = "exception.refused"


class ExceptionChangedRefused(ChangedRefused):
    """Somebody else was quicker."""

    code = "exception.changed"


def locked(exception_id: int, version: int | None, by: Actor, right: str = RIGHT) -> ReconciliationException:
    found = (
        ReconciliationException.objects.select_for_update(of=["self"])
        .select_related("source_account", "last_run", "payment")
        .get(pk=exception_id)
    )
    if right:
        by.needs(right, market=found.market)
    if version is not None and version != found.version:
        raise ExceptionChangedRefused("Somebody changed this exception meanwhile. Look again before you act.")
    if found.payment_id and found.payment is not None:
        approvals.refuse_if_related(by, "customer", [found.payment.customer_id])
    return found


def today_of(found: ReconciliationException, now: datetime) -> date:
    return now.astimezone(ZoneInfo(found.source_account.time_zone)).date()


def said_why(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise ExceptionRefused("Say why, in a few words: the reason is kept with the exception.")
    return said[:500]


def record(
    verb: str, found: ReconciliationException, by: Actor, now: datetime, note: str = "", **changes: object
) -> None:
    audit.record(
        verb, subject=(SUBJECT, found.pk), by=by, at=now, changes=changes, market=found.market, note=note
    )


def reopen_held(found: ReconciliationException, now: datetime) -> None:
    if found.state == "pending":
        found.state = EXCEPTION.after("resume", found.state)
        found.waits_for, found.waits_until, found.reason = "", None, ""
        found.version += 1
    else:
        open_again(found)
        start_clock(found, now)
    found.save()
