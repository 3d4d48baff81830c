"""The clocks of payments: the payer is named within a business day; what is pending does not stay silent.

Identification runs on every payment whose payer is unknown, from the moment it reached us. Stale-pending
runs on whatever was accepted and is not confirmed yet; who waits for the confirmation starts and meets it
by its own subject kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection, transaction

from paydesk.domain.payments.models import Payment
from paydesk.foundation.clocks import steps as clocks
from paydesk.foundation.clocks.defaults import OFFICE_DAY_SECONDS
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, Kind, declare
from paydesk.foundation.clocks.rules import CUSTOMER, Step, Terms

IDENTIFICATION, STALE_PENDING = "identification", "stale_pending"


def declare_kinds() -> None:
    """Make the clocks of payments known, with the policies that hold until an administrator sets others."""
    declare(
        Kind(
            IDENTIFICATION,
            "Name the payer",
            right="suspense:view",
            source="Proposal: payments are identified within one business day",
            terms=Terms(
                target_days=1,
                pauses={CUSTOMER: 3 * OFFICE_DAY_SECONDS},
                steps=(
                    Step("half", "owner", percent=50),
                    Step("four_fifths", "owner", percent=80),
                    Step("due", "TL", minutes=0),
                    Step("a_day_late", "FC", minutes=24 * 60),
                ),
            ),
        )
    )
    declare(
        Kind(
            STALE_PENDING,
            "Find out whether it was paid",
            right="payments:view",
            calendar=ROUND_THE_CLOCK,
            source="Proposal: silence is asked about after 2 min, 15 min and 1 h",
            terms=Terms(
                target_seconds=3600,
                steps=(
                    Step("2_min", "owner", minutes=-58),
                    Step("15_min", "owner", minutes=-45),
                    Step("1_h", "TL", minutes=0),
                ),
            ),
        )
    )


def start_identification_clocks(unknown: Iterable[tuple[str, int]], now: datetime) -> int:
    """Start the clock of payments whose payer is unknown, each with its market; returns how many.

    Joins the caller's transaction; one insert per market, and nothing at all where there are none.
    """
    by_market: dict[str, list[int]] = {}
    for market, payment_id in unknown:
        by_market.setdefault(market, []).append(payment_id)
    if not by_market:
        return 0
    with transaction.atomic():  # a caller without a transaction has its payments stored by now
        return sum(
            clocks.start_clocks(IDENTIFICATION, "payment", dict.fromkeys(ids, now), market=market, now=now)
            for market, ids in sorted(by_market.items())
        )


def start_clocks_of_payments(payment_ids: Collection[int], now: datetime) -> int:
    """As `start_identification_clocks`, by payment: for money that went back into suspense."""
    found = Payment.objects.filter(pk__in=list(payment_ids), customer_id=None)
    return start_identification_clocks(found.values_list("market", "pk"), now)


def meet_identification_clocks(payment_ids: Collection[int], now: datetime) -> int:
    """The payers of these payments are named: their clocks end. One update; returns how many ended."""
    return clocks.meet_clocks(IDENTIFICATION, "payment", payment_ids, at=now)


def catch_up_identification_clocks(now: datetime) -> int:
    """Start clocks for suspense that has none (since it was received) and end those of payments that left it.

    For payments of the time before there were clocks, and a net below verbs that forget. Joins the caller's
    transaction; returns how many clocks were started or ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.market, p.id, CASE WHEN EXISTS (
                SELECT FROM clocks_clock c
                WHERE c.subject_kind = 'payment' AND c.subject_id = p.id AND c.kind = %s
            ) THEN %s ELSE p.received_at END  -- a second time in suspense counts from now
            FROM payments_payment p
            WHERE p.open_minor > 0 AND p.customer_id IS NULL
              AND p.state = 'received' AND NOT EXISTS (
                SELECT FROM clocks_clock c
                WHERE c.subject_kind = 'payment' AND c.subject_id = p.id AND c.kind = %s
                  AND c.ended_as IN ('', 'waived')
              )
            """,
            [IDENTIFICATION, now, IDENTIFICATION],
        )
        without = cursor.fetchall()
        cursor.execute(
            """
            SELECT c.subject_id, p.customer_id IS NULL OR p.state <> 'received' FROM clocks_clock c
            JOIN payments_payment p ON p.id = c.subject_id
            WHERE c.kind = %s AND c.subject_kind = 'payment' AND c.ended_as = ''
              AND (p.customer_id IS NOT NULL OR p.state <> 'received'
                   OR (p.open_minor = 0 AND p.reserved_minor = 0))
            """,
            [IDENTIFICATION],
        )
        gone = cursor.fetchall()
    by_market: dict[str, dict[int, datetime]] = {}
    for market, payment_id, received_at in without:
        by_market.setdefault(market, {})[payment_id] = received_at
    started = sum(
        clocks.start_clocks(IDENTIFICATION, "payment", starts, market=market, now=now)
        for market, starts in sorted(by_market.items())
    )
    named = meet_identification_clocks([pk for pk, went_back in gone if not went_back], now)
    went_back = [pk for pk, went_back in gone if went_back]
    stopped = clocks.stop_clocks(
        IDENTIFICATION, "payment", went_back, why="its money was taken back or paid back", at=now
    )
    return started + named + stopped
