"""A call that nobody answered is heard all the same: it is in a case, whose clock runs until we call back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from paydesk.domain.cases.actions import log_call, open_case
from paydesk.domain.cases.rules import MISSED_CALL
from paydesk.domain.doors.models import PhoneCall
from paydesk.domain.doors.queries import case_of_call
from paydesk.kernel.actor import Actor

SETTLES = timedelta(seconds=30)  # so long events of one call may come out of order
RANG_OUT = timedelta(minutes=10)  # a telephone system that says no end: nobody lets it ring longer
TOO_OLD = timedelta(days=1)
MOST_AT_ONCE = 200


def note_missed_calls(*, by: Actor, now: datetime) -> int:
    """Put calls that nobody answered into the open case of their number, or a new one; returns how many.

    Each once, whatever breaks off in between. A withheld number cannot be called back and is left alone.
    """
    rings_no_more = Q(state="missed", ended_at__lte=now - SETTLES)
    rings_no_more |= Q(state="ringing", rang_at__lte=now - RANG_OUT)
    waiting = PhoneCall.objects.filter(rings_no_more, case=None, taken_by_id=None, rang_at__gt=now - TOO_OLD)
    found = waiting.exclude(number="").order_by("rang_at")[:MOST_AT_ONCE]
    for call in found:
        _heard(call, by, now)
    return len(found)


def _heard(call: PhoneCall, by: Actor, now: datetime) -> None:
    case = case_of_call(call, by)
    if case is not None:
        log_call(
            case.pk, outcome="no_answer", text="", called_us=True, called_at=call.rang_at,
            sent_key=f"missed-call.{call.pk}", by=by, now=now,
        )  # fmt: skip
    else:
        case = open_case(
            market=call.market, channel="phone", text=MISSED_CALL,
            contact=call.number, external_id=f"{call.door_id}.{call.external_id}",
            received_at=call.rang_at, by=by, now=now,
        )  # fmt: skip
    PhoneCall.objects.filter(pk=call.pk, case=None).update(case=case)
