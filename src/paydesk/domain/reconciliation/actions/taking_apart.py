"""A match that a rule confirmed alone, taken apart by a person: the precision of rules is measured by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.reconciliation.actions.matching import UNMATCH, MatchRefused
from paydesk.domain.reconciliation.models import Day, Match, MatchMember, Run
from paydesk.domain.reconciliation.queries import match_in_run
from paydesk.domain.reconciliation.steps import add_members, match_identity
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def take_apart(run_id: int, group_id: str, *, reason: str, by: Actor, now: datetime) -> Match:
    """Say that rows which a rule matched do not belong together: from the next run of the day on they are
    exceptions, and no rule puts them together again. Raises MatchRefused.
    """
    run = Run.objects.select_related("source_account").get(pk=run_id)
    by.needs(UNMATCH, market=run.market)
    day = Day.objects.select_for_update().filter(source_account=run.source_account, day=run.day).first()
    if day is None or day.run_id != run.pk:
        raise MatchRefused("A later run of the day stands. Take the match apart in that one.")
    if day.state != "open":
        raise MatchRefused("The day is signed, or asked to be. A controller opens it first.")
    rows, told = match_in_run(run, group_id)
    if not rows or rows[0]["status"] != "confirmed":
        raise MatchRefused("Only a match that a rule confirmed is taken apart here.")
    said = " ".join(reason.split())[:500]
    if not said:
        raise MatchRefused("Say why they do not belong together: the rule is measured by it.")
    members = _members(rows)
    identity = match_identity(members)
    known = Match.objects.filter(source_account=run.source_account, identity=identity, state="revoked")
    if known.exists():
        raise MatchRefused("Somebody took it apart already. Run the day again.")
    match = Match.objects.create(
        market=run.market, source_account=run.source_account, day=run.day, state="revoked",
        kind=rows[0]["name"], identity=identity, rule=rows[0]["rule"], rules_version=run.rules_version,
        score=rows[0]["score"], why=rows[0]["why"], explanation=told, currency=run.source_account.currency,
        run=run, made_by="system:rules", made_at=run.ended_at or now, decided_by=by.label, decided_at=now,
    )  # fmt: skip
    add_members(match, members)
    MatchMember.objects.filter(match=match).update(is_live=False)
    audit.record(
        "match.taken_apart", subject=("match", match.pk), by=by, at=now, market=match.market, note=said,
        changes={"rule": match.rule, "run_id": run.pk, "state": ["confirmed", "revoked"]},
    )  # fmt: skip
    return match


def _members(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, dict[str, Any]]]:
    members: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for row in rows:
        for side in ("left", "right"):
            if key := row[f"{side}_id"]:
                on, place = row[f"{side}_day"], row[f"{side}_place"] or ""
                told = {"id": key, "day": on.isoformat() if on else "", "place": place}
                members[side, key] = (row[f"{side}_minor"] or 0, told)
    return members
