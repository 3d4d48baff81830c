"""Parts of a run's own transaction: exceptions and suggestions stored, and what is proven since resolved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries.locked import paid_but_late
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.clocks import kind_of
from paydesk.domain.reconciliation.explained_tables import explained
from paydesk.domain.reconciliation.ledger_findings import Finding
from paydesk.domain.reconciliation.models import Match, MatchMember, ReconciliationException, Run
from paydesk.domain.reconciliation.states import EXCEPTION, LIVE, UNSOLVED
from paydesk.foundation.clocks import steps as clocks

SUBJECT = "exception"
BATCH = 1_000


def store_findings(run: Run, findings: Sequence[Finding], today: date, now: datetime) -> tuple[int, int]:
    """Keep what a run found: new exceptions with their clocks, known ones seen again. (new, again)

    What a person resolved stays resolved, as long as its rows say the same. What waits for a file goes on
    waiting; what was proven once and is not any more opens again.
    """
    by_identity = {each.identity: each for each in findings}
    known = {
        each.identity: each
        for each in ReconciliationException.objects.select_for_update().filter(
            source_account=run.source_account, identity__in=list(by_identity)
        )
    }
    harmed = _harmed(findings, today)
    age = (today - run.day).days
    new = [
        ReconciliationException(
            market=run.market, source_account=run.source_account, day=run.day, kind=each.kind,
            identity=identity, left_key=each.left_key, right_key=each.right_key, payment_id=each.payment_id,
            left=each.left, right=each.right, amount_minor=each.amount.amount_minor,
            currency=each.amount.currency, why=each.why, runner_up=each.runner_up, rule=each.rule,
            explanation=_explanation(each, run),
            severity=rules.severity(each.amount, age_days=age, harms=each.payment_id in harmed),
            rules_version=run.rules_version, found_at=now, last_run=run,
        )
        for identity, each in by_identity.items()
        if identity not in known
    ]  # fmt: skip
    ReconciliationException.objects.bulk_create(new, batch_size=BATCH)
    _start_clocks(new, now)
    back = [each for each in known.values() if each.state == "resolved" and each.resolution == "proven"]
    for each in back:
        open_again(each)
    ReconciliationException.objects.bulk_update(
        back, ["state", "resolution", "reason", "resolved_by", "resolved_at", "version"], batch_size=BATCH
    )
    _start_clocks(back, now)
    for each in known.values():
        seen = by_identity[each.identity]
        each.last_run, each.why, each.runner_up = run, seen.why, seen.runner_up
        each.explanation = _explanation(seen, run)
    ReconciliationException.objects.bulk_update(
        known.values(), ["last_run", "why", "runner_up", "explanation"], batch_size=BATCH
    )
    return len(new), len(known)


def _explanation(finding: Finding, run: Run) -> dict[str, Any]:
    """Why it is an exception; where no rule compared its rows, what they say themselves."""
    return finding.explanation or explained(
        finding.kind, finding.why, finding.left, finding.right, finding.amount, run.rules_version
    )


def prove_gone(run: Run, now: datetime) -> int:
    """Resolve what stood open for the day and was not found again: its rows are proven now."""
    gone = list(
        ReconciliationException.objects.select_for_update()
        .filter(source_account=run.source_account, day=run.day, state__in=UNSOLVED)
        .exclude(last_run=run)
        .values_list("pk", flat=True)
    )
    ReconciliationException.objects.filter(pk__in=gone).update(
        state="resolved", resolution="proven", reason="A later run found its rows in order.",
        resolved_by=run.asked_by, resolved_at=now, waits_for="", waits_until=None, version=F("version") + 1,
    )  # fmt: skip
    clocks.meet_clocks(None, SUBJECT, gone, at=now)
    return len(gone)


def taken_apart(account: SourceAccount, day: date) -> set[tuple[str, str]]:
    """The pairs of rows, ours and theirs, of matches that a rule made and a person took apart; one query."""
    rows = MatchMember.objects.filter(
        match__source_account=account, match__day=day, match__state="revoked"
    ).exclude(match__rule="by_hand").values_list("match_id", "side", "key")  # fmt: skip
    sides: dict[int, dict[str, list[str]]] = {}
    for match_id, side, key in rows:
        sides.setdefault(match_id, {"left": [], "right": []})[side].append(key)
    return {(left, right) for each in sides.values() for left in each["left"] for right in each["right"]}


def rejected_before(account: SourceAccount, groups: Iterable[dict[str, Any]]) -> set[str]:
    """The identities of those that a person said no to, or took apart; one query."""
    identities = [match_identity(group["members"]) for group in groups]
    rejected = Match.objects.filter(source_account=account, identity__in=identities).filter(
        Q(state="rejected") | Q(state="revoked") & ~Q(rule="by_hand")
    )
    return set(rejected.values_list("identity", flat=True))


def store_suggestions(run: Run, groups: Iterable[dict[str, Any]], now: datetime) -> int:
    """Keep what rules propose and cannot prove; how many are new."""
    new = 0
    for group in groups:
        members = group["members"]
        identity = match_identity(members)
        existing = Match.objects.filter(source_account=run.source_account, identity=identity)
        live = existing.filter(state__in=LIVE).first()
        if live is not None:
            live.run, live.explanation = run, group["explanation"]
            live.save(update_fields=["run", "explanation"])
            continue
        made = Match.objects.create(
            market=run.market, source_account=run.source_account, day=run.day, kind=group["name"],
            identity=identity, rule=group["rule"], rules_version=run.rules_version, score=group["score"],
            why=group["why"], explanation=group["explanation"], currency=run.source_account.currency, run=run,
            made_by="system:rules", made_at=now,
        )  # fmt: skip
        add_members(made, members)
        new += 1
    return new


def drop_suggestions(run: Run, now: datetime) -> int:
    """End the suggestions of earlier runs of the day that nobody decided on: this run makes its own."""
    old = list(
        Match.objects.select_for_update()
        .filter(source_account=run.source_account, day=run.day, state="proposed")
        .values_list("pk", flat=True)
    )
    MatchMember.objects.filter(match_id__in=old).update(is_live=False)
    return Match.objects.filter(pk__in=old).update(
        state="dropped", decided_by="system:rules", decided_at=now, version=F("version") + 1
    )


def add_members(match: Match, members: dict[tuple[str, str], tuple[int, dict[str, Any]]]) -> None:
    """Put rows into a match; the database refuses one that is in a live match already."""
    MatchMember.objects.bulk_create(
        MatchMember(
            match=match, source_account=match.source_account, side=side, key=key, amount_minor=amount,
            facts=facts,
        )
        for (side, key), (amount, facts) in sorted(members.items())
    )  # fmt: skip


def resolve(found: ReconciliationException, how: str, reason: str, by: str, now: datetime) -> None:
    """End an exception whose verb records it; its clock is met."""
    found.state = EXCEPTION.after("resolve", found.state)
    found.resolution, found.reason, found.resolved_by, found.resolved_at = how, reason, by, now
    found.waits_for, found.waits_until = "", None
    found.version += 1
    found.save()
    clocks.meet_clocks(None, SUBJECT, [found.pk], at=now)


def open_again(found: ReconciliationException) -> None:
    """What was resolved stands open as it was found; the caller saves it and starts its clock."""
    found.state = EXCEPTION.after("reopen", found.state)
    found.resolution, found.reason, found.resolved_by, found.resolved_at = "", "", "", None
    found.version += 1


def start_clock(found: ReconciliationException, now: datetime) -> None:
    """The clock of one exception, by how grave it is."""
    _start_clocks([found], now)


def match_identity(members: Iterable[tuple[str, str]]) -> str:
    """What makes it the same match: its rows, as (side, key), in whatever order."""
    keys: dict[str, list[str]] = {"left": [], "right": []}
    for side, key in members:
        keys[side].append(key)
    return rules.identity("match", *("\x1e".join(sorted(keys[side])) for side in ("left", "right")))


def _start_clocks(found: Iterable[ReconciliationException], now: datetime) -> None:
    by_kind: dict[tuple[str, str], dict[int, datetime]] = {}
    for each in found:
        by_kind.setdefault((each.severity, each.market), {})[each.pk] = now
    for (severity, market), starts in sorted(by_kind.items()):
        clocks.start_clocks(kind_of(severity), SUBJECT, starts, market=market, now=now)


def _harmed(findings: Iterable[Finding], today: date) -> set[int]:
    """Payments among these whose customer is late meanwhile, and so probably locked out."""
    payments = Payment.objects.filter(pk__in={each.payment_id for each in findings if each.payment_id})
    return set(paid_but_late(payments, on=today).values_list("pk", flat=True))
