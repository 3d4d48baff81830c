"""What the doors hold of a person and replace when they are forgotten: the numbers they called from.

What was said in a chat and what a form sent are messages and files of its case; here stay that there was a
chat or a call, when, and about which case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from paydesk.domain.doors.models import Chat, PhoneCall, ProofTry, StatusLink
from paydesk.domain.parties.forgetting import forgets_cases, forgets_person
from paydesk.domain.parties.models import CustomerPhone


def register() -> None:
    """Make them known to retention."""
    forgets_person("doors", forget_customer)
    forgets_cases("doors", forget_cases)


def forget_customer(customer_id: int, at: datetime) -> dict[str, int]:
    """Calls from their numbers, also those nobody took; whom a visitor's answers were about."""
    numbers = CustomerPhone.objects.filter(customer_id=customer_id).values("msisdn")
    shared = CustomerPhone.objects.filter(msisdn__in=numbers).exclude(customer_id=customer_id)
    theirs = PhoneCall.objects.filter(number__in=numbers).exclude(number__in=shared.values("msisdn"))
    ProofTry.objects.filter(customer_id=customer_id).update(customer_id=None)
    return {"calls": _without_numbers(theirs.values("pk"))}


def forget_cases(case_ids: Sequence[int], at: datetime) -> dict[str, int]:
    """Calls and chats that led to these cases; their status pages open no more."""
    StatusLink.objects.filter(case_id__in=case_ids, withdrawn_at=None, expires_at__gt=at).update(
        withdrawn_at=at, withdrawn_by="system:retention"
    )
    Chat.objects.filter(case_id__in=case_ids).update(code_digest="", code_until=None)
    return {"calls": _without_numbers(PhoneCall.objects.filter(case_id__in=case_ids).values("pk"))}


def _without_numbers(calls: object) -> int:
    """A telephone system's own id of a call may hold the number as well, and is there once."""
    with_numbers = PhoneCall.objects.filter(Q(pk__in=calls)).exclude(
        number="", external_id__startswith="erased-"
    )
    return with_numbers.update(number="", external_id=Concat(Value("erased-"), Cast(F("pk"), CharField())))
