"""How long things are kept, and legal holds that stop every erasing until a second person lifts them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from paydesk.domain.cases.queries import case_for
from paydesk.domain.marketplace.queries import seller_for
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.retention import rules
from paydesk.domain.retention.models import LegalHold, RetentionRule
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

MANAGE, HOLD, LIFT = "retention.manage", "retention.hold", "retention.lift_hold:check"
COLUMNS = {"customer": "customer_id", "seller": "party_id", "case": "case_id"}


class RetentionRefused(Refused):
    """This cannot be kept, held or forgotten this way."""

    code = "retention.refused"


@transaction.atomic(durable=True)
def set_retention(
    data_class: str, *, market: str, keep_days: int, source: str, source_on: date, by: Actor, now: datetime
) -> RetentionRule:
    """Say how long a class of data is kept in a market ("" for all), by which source."""
    by.needs(MANAGE)
    if market and (not Market.objects.filter(pk=market).exists() or not by.sees(market)):
        raise RetentionRefused("Choose a market of yours, or all of them.")
    if problem := rules.problem_with_rule(data_class, keep_days, source, source_on, now.date()):
        raise RetentionRefused(problem)
    made = RetentionRule.objects.create(
        data_class=data_class, market=market, keep_days=keep_days, source=source.strip(),
        source_on=source_on, set_by=by.label, set_at=now,
    )  # fmt: skip
    audit.record("retention.set", subject=("retention_rule", made.pk), by=by, at=now, market=market or None,
                 changes={"class": data_class, "keep_days": keep_days})  # fmt: skip
    return made


@transaction.atomic(durable=True)
def place_hold(subject: tuple[str, int], *, reason: str, by: Actor, now: datetime) -> LegalHold:
    """Nothing of this customer, seller or case is erased until a second person lifts it."""
    kind, number = subject
    if kind not in COLUMNS:
        raise RetentionRefused("A legal hold is on one customer, one seller or one case.")
    if len(reason.strip()) < 10:
        raise RetentionRefused(
            "Say in a sentence what has to be kept and for whom: a court, an authority, us."
        )
    find: Any = {"customer": customer_for, "seller": seller_for, "case": case_for}[kind]
    market = find(by, number).market
    by.needs(HOLD, market=market)
    try:
        with transaction.atomic():
            made = LegalHold.objects.create(
                market=market, reason=reason.strip(), placed_by_id=by.id, placed_by=by.label, placed_at=now,
                **{COLUMNS[kind]: number},
            )  # fmt: skip
    except IntegrityError:
        raise RetentionRefused("A legal hold is on it already.") from None
    audit.record("legal_hold.placed", subject=("legal_hold", made.pk), by=by, at=now, market=market,
                 changes={COLUMNS[kind]: number})  # fmt: skip
    return made


@transaction.atomic(durable=True)
def lift_hold(hold_id: int, *, reason: str, by: Actor, now: datetime) -> LegalHold:
    """Another person than the one who placed it lets the schedule go on."""
    hold = LegalHold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None or not by.sees(hold.market):
        raise RetentionRefused("There is no such legal hold in your markets.")
    by.needs(LIFT, market=hold.market)
    if by.id is not None and by.id == hold.placed_by_id:
        raise RetentionRefused("You placed it. Somebody else lifts it.")
    if hold.lifted_at is not None:
        return hold
    if len(reason.strip()) < 5:
        raise RetentionRefused("Say why nothing has to be kept for it any more.")
    hold.lifted_by, hold.lifted_at, hold.lift_reason = by.label, now, reason.strip()
    hold.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    audit.record("legal_hold.lifted", subject=("legal_hold", hold.pk), by=by, at=now, market=hold.market,
                 changes={COLUMNS[hold.subject[0]]: hold.subject[1]})  # fmt: skip
    return hold
