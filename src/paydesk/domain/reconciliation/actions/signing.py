"""A day of an account signed by two people: all proven, or explained with an owner and a next step."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import queries
from paydesk.domain.reconciliation.models import Day
from paydesk.domain.reconciliation.states import DAY, REOPEN, SIGN
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

CLOSE, OPEN_AGAIN = "ledger.close_day", "ledger.reopen_period"
SUBJECT = "reconciled_day"


class DayRefused(Refused):
    """This day cannot be signed or reopened now."""

    code = "reconciled_day.refused"


@transaction.atomic(durable=True)
def ask_to_sign(account_id: int, day: date, *, note: str = "", by: Actor, now: datetime) -> Approval:
    """Ask a second person to sign a day of an account; its proof of cash is kept as it stands now.

    Raises DayRefused with what is missing: a fresh run, owners, next steps, decisions on suggestions.
    """
    account = SourceAccount.objects.select_related("provider").get(pk=account_id)
    by.needs(CLOSE, market=account.market)
    Day.objects.get_or_create(source_account=account, day=day, defaults={"market": account.market})
    found = Day.objects.select_for_update().get(source_account=account, day=day)
    check = queries.check_of_day(account, day, now)
    if not check.is_ready:
        raise DayRefused(" ".join(check.blocks))
    if check.explained and not note.strip():
        raise DayRefused(f"Say why it is signed all the same: {' '.join(check.explained)}")
    found.state = DAY.after("ask", found.state)
    found.proof = queries.proof_to_keep(account, day)
    found.note, found.asked_by, found.asked_at = note.strip(), by.label, now
    payload = {"source_account_id": account.pk, "day": day.isoformat(), "proof": found.proof}
    approval = approvals.ask(
        SIGN, subject=(SUBJECT, found.pk), market=account.market, right=CLOSE, payload=payload,
        reasons=list(check.explained), note=note.strip(), by=by, now=now,
    )  # fmt: skip
    found.approval_id = approval.pk
    found.version += 1
    found.save()
    _record(
        "reconciled_day.signature_asked", found, by, now, approval_id=approval.pk, state=["open", "asked"]
    )
    return approval


@transaction.atomic(durable=True)
def approve_signature(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Day:
    """The second person signs. Raises DayRefused if something changed since it was asked for."""
    approval = approvals.decide(approval_id, SIGN, by=by, now=now, note=note)
    found = _locked(approval.subject_id)
    check = queries.check_of_day(found.source_account, found.day, now)
    if not check.is_ready:
        raise DayRefused(f"Since it was asked for: {' '.join(check.blocks)}")
    if queries.proof_to_keep(found.source_account, found.day) != found.proof:
        raise DayRefused("The figures changed since it was asked for. Reject it and ask again.")
    found.state = DAY.after("sign", found.state)
    found.signed_by, found.signed_at = by.label, now
    found.version += 1
    found.save()
    _record("reconciled_day.signed", found, by, now, state=["asked", "signed"])
    return found


@transaction.atomic(durable=True)
def ask_to_reopen(day_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Ask a controller to open a signed day again. Raises DayRefused."""
    found = _locked(day_id)
    by.needs(OPEN_AGAIN, market=found.market)
    if found.state != "signed":
        raise DayRefused("Only a signed day is reopened.")
    if not note.strip():
        raise DayRefused("Say why: the controller decides on what you write here.")
    approval = approvals.ask(
        REOPEN, subject=(SUBJECT, found.pk), market=found.market, right=OPEN_AGAIN,
        payload={"source_account_id": found.source_account_id, "day": found.day.isoformat()},
        reasons=["A signed day is opened again."], note=note.strip(), by=by, now=now,
    )  # fmt: skip
    _record("reconciled_day.reopening_asked", found, by, now, approval_id=approval.pk)
    return approval


@transaction.atomic(durable=True)
def approve_reopening(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Day:
    """The controller says yes: the day can be run and worked again."""
    approval = approvals.decide(approval_id, REOPEN, by=by, now=now, note=note)
    found = _locked(approval.subject_id)
    found.state = DAY.after("reopen", found.state)
    found.asked_by, found.asked_at, found.signed_by, found.signed_at = "", None, "", None
    found.approval_id = None
    found.version += 1
    found.save()
    _record("reconciled_day.reopened", found, by, now, state=["signed", "open"])
    return found


def request_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """A signature was refused, taken back or not given in time: the day is open again."""
    found = _locked(approval.subject_id)
    if approval.kind != SIGN or found.state != "asked":
        return
    found.state = DAY.after("refuse", found.state)
    found.asked_by, found.asked_at, found.approval_id = "", None, None
    found.version += 1
    found.save()
    _record("reconciled_day.not_signed", found, by, now, state=["asked", "open"])


def _locked(day_id: int) -> Day:
    return (
        Day.objects.select_for_update(of=["self"]).select_related("source_account__provider").get(pk=day_id)
    )


def _record(verb: str, found: Day, by: Actor, now: datetime, **changes: object) -> None:
    audit.record(
        verb, subject=(SUBJECT, found.pk), by=by, at=now,
        changes={"source_account_id": found.source_account_id, "day": found.day.isoformat(), **changes},
        market=found.market,
    )  # fmt: skip
