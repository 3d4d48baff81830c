"""Reconciling a day of an account: asked for, worked by a worker, safe to begin again after a killed one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction

from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import evidence, rules
from paydesk.domain.reconciliation.ledger_findings import Finding, of_ledger
from paydesk.domain.reconciliation.models import Day, Run
from paydesk.domain.reconciliation.queries.rules_in_force import rules_in_force
from paydesk.domain.reconciliation.settled import settle
from paydesk.domain.reconciliation.states import RUN, UNDER_WAY
from paydesk.domain.reconciliation.steps import (
    drop_suggestions,
    match_identity,
    prove_gone,
    rejected_before,
    store_findings,
    store_suggestions,
)
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.outbox import steps as outbox
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, minor_digits
from paydesk.kernel.refused import Refused
from paydesk.matching.values import SCALE_DIGITS

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.matched_day import MatchedDay

RIGHT = "matching.run"
MOST_ATTEMPTS = 3
_RUN_LOCKS = 0x70640002  # the class of advisory locks that say "a worker is on this run"


class RunRefused(Refused):
    """This day cannot be run now."""

    code = "run.refused"


@transaction.atomic(durable=True)
def ask_run(account_id: int, day: date, *, is_dry: bool = False, by: Actor, now: datetime) -> Run:
    """Have a worker reconcile a day of an account; a dry run stores its result and changes nothing else.

    One under way for the same day is returned in place of a second. Raises RunRefused with what is missing.
    """
    account = SourceAccount.objects.get(pk=account_id)
    by.needs(RIGHT, market=account.market)
    under_way = Run.objects.filter(source_account=account, day=day, state__in=UNDER_WAY).first()
    if under_way is not None:
        return under_way
    state = Day.objects.filter(source_account=account, day=day).values_list("state", flat=True).first()
    today = now.astimezone(ZoneInfo(account.time_zone)).date()
    files = evidence.files_of(account, day, day).count()
    if why := rules.why_not_run(today=today, day=day, state=state or "open", files=files):
        raise RunRefused(why)
    try:
        with transaction.atomic():
            run = Run.objects.create(
                market=account.market, source_account=account, day=day, is_dry=is_dry, asked_by=by.label,
                asked_at=now,
            )  # fmt: skip
    except IntegrityError:  # somebody else was as quick
        return Run.objects.get(source_account=account, day=day, state__in=UNDER_WAY)
    audit.record(
        "run.asked",
        subject=("run", run.pk),
        by=by,
        at=now,
        changes={"source_account_id": account.pk, "day": day.isoformat(), "is_dry": is_dry},
        market=account.market,
    )
    outbox.put("reconciliation.asked", {"run_id": run.pk})
    return run


@transaction.atomic(durable=True)
def cancel_run(run_id: int, *, by: Actor, now: datetime) -> Run:
    """Stop a run that is queued or under way; nothing of it is kept."""
    run = Run.objects.select_for_update().get(pk=run_id)
    by.needs(RIGHT, market=run.market)
    was, run.state = run.state, RUN.after("cancel", run.state)
    run.ended_at = now
    run.save(update_fields=["state", "ended_at"])
    audit.record(
        "run.cancelled", subject=("run", run.pk), by=by, at=now, changes={"state": [was, run.state]},
        market=run.market,
    )  # fmt: skip
    return run


def perform_run(run_id: int, *, by: Actor, now: datetime) -> Run:
    """Work a run to its end; safe to call at any time. Returns at once if another worker has it.

    Reading and matching change nothing, so a killed worker costs only its time; what was found is stored in
    one transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_RUN_LOCKS, run_id])
        if not cursor.fetchone()[0]:
            return Run.objects.get(pk=run_id)
    try:
        run = _begin(run_id, by, now)
        if run.state == "running":
            _work(run, by, now)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_RUN_LOCKS, run_id])
    return Run.objects.get(pk=run_id)


@transaction.atomic(durable=True)
def _begin(run_id: int, by: Actor, now: datetime) -> Run:
    run = Run.objects.select_for_update(of=["self"]).select_related("source_account__provider").get(pk=run_id)
    if run.state not in UNDER_WAY:
        return run
    run.attempts += 1
    if run.attempts > MOST_ATTEMPTS:
        _end(run, "fail", "Its worker stopped in the middle three times. Run the day again.", by, now)
        return run
    run.state, run.started_at = RUN.after("begin", run.state), now
    run.save(update_fields=["attempts", "state", "started_at"])
    return run


def _work(run: Run, by: Actor, now: datetime) -> None:
    from paydesk.domain.reconciliation.matched_day import matched_day

    account, own = run.source_account, rules_in_force().rules

    def tell(what: str) -> None:
        Run.objects.filter(pk=run.pk, state="running").update(progress=what[:60])

    with tempfile.TemporaryDirectory(prefix="paydesk-run-") as folder:
        found = matched_day(account, run.day, own, Path(folder), tell)
        kept = [_kept(path) for path in found.files]
    run.left_rows, run.right_rows = found.left_rows, found.right_rows
    _store(run, found, kept, by, now)


def _kept(path: Path) -> blobs.KeptContent:
    with path.open("rb") as content:
        return blobs.keep(content)


@transaction.atomic(durable=True)
def _store(run: Run, found: MatchedDay, kept: list[blobs.KeptContent], by: Actor, now: datetime) -> None:
    """All that a run found, or nothing: the result, exceptions, suggestions, and what is proven since."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.state != "running":
        return  # cancelled meanwhile
    account = run.source_account
    Day.objects.get_or_create(source_account=account, day=run.day, defaults={"market": account.market})
    day = Day.objects.select_for_update().get(source_account=account, day=run.day)
    if day.state == "signed":
        _end(run, "block", "The day was signed while it ran.", by, now)
        return
    run.rules_version, run.engine = found.rules_version, found.engine
    run.result_id, run.left_rows_id, run.right_rows_id = (
        documents.record_upload(
            each, filename=f"run-{run.pk}{what}.parquet", by=by, now=now, market=account.market
        ).pk
        for each, what in zip(kept, ("", "-ours", "-theirs"), strict=True)
    )
    run.digest = found.digest
    today = now.astimezone(ZoneInfo(account.time_zone)).date()
    suggested = _suggested(found)
    rejected = rejected_before(account, suggested)
    proposed = [group for group in suggested if match_identity(group["members"]) not in rejected]
    findings = [
        *_from_result(found, account),
        *_apart([group for group in suggested if group not in proposed], account),
        *of_ledger(account, run.day, today),
        *settle(run, found.checks, today),
    ]
    run.summary = {"counts": found.counts, "classes": _by_class(findings)}
    if not run.is_dry:
        gone = drop_suggestions(run, now)
        kept_matches = store_suggestions(run, proposed, now)
        new, again = store_findings(run, findings, today, now)
        proven = prove_gone(run, now)
        run.summary["changes"] = {
            "suggestions": kept_matches, "suggestions_gone": gone, "new": new, "again": again,
            "proven": proven,
        }  # fmt: skip
        day.run = run
        day.version += 1
        day.save(update_fields=["run", "version"])
    _end(run, "finish", "", by, now)


def _end(run: Run, transition: str, problem: str, by: Actor, now: datetime) -> None:
    run.state, run.problem, run.ended_at, run.progress = (
        RUN.after(transition, run.state), problem, now, "",
    )  # fmt: skip
    run.save()
    audit.record(
        f"run.{run.state}",
        subject=("run", run.pk),
        by=by,
        at=now,
        changes={"digest": run.digest, "rules_version": run.rules_version, **run.summary.get("changes", {})},
        market=run.market,
    )


def _by_class(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for each in findings:
        tally = found.setdefault(each.kind, {"count": 0, "amount_minor": 0})
        tally["count"] += 1
        tally["amount_minor"] += each.amount.amount_minor
    return found


def _from_result(day: MatchedDay, account: SourceAccount) -> list[Finding]:
    found = []
    for row in day.to_people:
        if row["found"] != "exception":
            continue
        left, right = (day.facts[s].get(row[f"{s}_id"] or "", {}) for s in ("left", "right"))
        payment_id = _payment_id(row["left_id"])
        why = day.told.get((row["name"], row["left_id"] or "", row["right_id"] or ""), {})
        found.append(
            Finding(
                row["name"], row["why"], _at_risk(row["name"], left, right, account.currency),
                row["left_id"] or "", row["right_id"] or "", payment_id, _told(left), _told(right),
                why.get("rule", ""), row["runner_up"] or "", why,
            )
        )  # fmt: skip
    known = set(
        Payment.objects.filter(pk__in={f.payment_id for f in found if f.payment_id}).values_list(
            "pk", flat=True
        )
    )
    return [f for f in found if f.payment_id is None or f.payment_id in known]


def _suggested(day: MatchedDay) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for row in day.to_people:
        if row["found"] != "match":
            continue
        why = day.told.get(("match", row["group_id"], ""), {})
        group = groups.setdefault(row["group_id"], {**row, "explanation": why, "members": {}})
        for side in ("left", "right"):
            if key := row[f"{side}_id"]:
                here = day.facts[side].get(key, {})
                group["members"][side, key] = (here.get("amount_minor") or 0, _told(here))
    return list(groups.values())


def _apart(groups: Iterable[dict[str, Any]], account: SourceAccount) -> Iterator[Finding]:
    """The rows of suggestions that a person rejected, each for itself: nothing proves them."""
    for group in groups:
        why = f"The rule {group['rule'].replace('_', ' ')} put these rows together, and a person said no."
        for (side, key), (amount, told) in group["members"].items():
            money = Money(abs(amount), account.currency)
            if side == "left":
                yield Finding(
                    "missing_at_provider", why, money, key, "", _payment_id(key), told, {}, group["rule"]
                )
            else:
                yield Finding("missing_in_ledger", why, money, "", key, None, {}, told, group["rule"])


def _payment_id(key: str | None) -> int | None:
    kind, _, number = (key or "").partition(":")
    return int(number) if kind == "payment" else None


SHOWN = ("id", "reference", "provider_ref", "msisdn", "name", "status", "batch", "currency", "kind", "place")


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a row: as compared, in words; amounts and fee in minor units."""
    if not facts:
        return {}
    told = {name: facts[name] for name in SHOWN if facts.get(name)}
    told["amount_minor"] = facts.get("amount_minor")
    told["fee_minor"] = _fee_minor(facts, facts["currency"])
    told["day"] = facts["day"].isoformat() if facts.get("day") else ""
    told["at"] = facts.get("at")
    return told


def _at_risk(kind: str, left: dict[str, Any], right: dict[str, Any], currency: str) -> Money:
    """How much of the row or the pair is not proven: the difference, or all of it."""
    ours, theirs = left.get("amount_minor") or 0, right.get("amount_minor") or 0
    if kind == "fee_variance":
        return Money(abs(_fee_minor(left, currency) - _fee_minor(right, currency)), currency)
    if kind in ("amount_mismatch", "sign_mismatch") and left and right:
        return Money(abs(ours - theirs), currency)
    return Money(abs(ours or theirs), currency)


def _fee_minor(facts: dict[str, Any], currency: str) -> int:
    return int(facts.get("fee") or 0) // 10 ** (SCALE_DIGITS - minor_digits(currency))
