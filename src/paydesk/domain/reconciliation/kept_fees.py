"""What a provider kept back of a day's payments, held against the rate card of the day, rate by rate.

A fee is what the payment's row says, or what fee rows of the same id say. One exception a rate and day, with
the arithmetic of the payment that is furthest off: a provider that charges a wrong rate does it on every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection

from paydesk.domain.pricing import rules as pricing
from paydesk.domain.pricing.models import RateCard
from paydesk.domain.pricing.queries import card_on
from paydesk.domain.pricing.rules import Terms
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.ledger_findings import Finding
from paydesk.kernel.money import Money

# The rate and the fee of a payment as pricing/rules.py has them; a test compares the two.
_KEPT = """
WITH file AS (
    SELECT id FROM statements_sourcefile
    WHERE source_account_id = %(account)s AND state IN ('posted', 'posting') AND callbacks_on IS NULL
      AND covers_from < %(until)s AND covers_to >= %(since)s
), line AS MATERIALIZED (
    SELECT l.* FROM file f CROSS JOIN LATERAL (
        SELECT id, kind, provider_ref, lower(channel) AS method, amount_minor,
               payments_minor(amount, currency) AS minor, payments_minor(fee, currency) AS fee_minor,
               coalesce(booked_on, value_on) AS day
        FROM statements_statementline
        WHERE file_id = f.id AND NOT withdrawn AND status = 'success' AND currency = %(currency)s
          AND kind IN ('payment', 'fee') OFFSET 0
    ) l
), beside AS (
    SELECT provider_ref, -sum(minor) AS fee_minor FROM line WHERE kind = 'fee' AND provider_ref <> ''
    GROUP BY 1
), kept AS (
    SELECT l.id, l.provider_ref, l.amount_minor, coalesce(l.fee_minor, b.fee_minor) AS kept, r.id AS rate_id,
           fee.minor + div(fee.minor * r.tax_millionths * 2 + 1000000, 2000000) AS expected
    FROM line l LEFT JOIN beside b ON l.provider_ref <> '' AND b.provider_ref = l.provider_ref
    JOIN LATERAL (
        SELECT * FROM pricing_rate
        WHERE card_id = %(card)s AND starts_with(l.method, method) AND from_minor <= l.amount_minor
        ORDER BY length(method) DESC, from_minor DESC LIMIT 1
    ) r ON true
    CROSS JOIN LATERAL (
        SELECT least(greatest(div(l.amount_minor::numeric * r.millionths * 2 + 1000000, 2000000)
                              + r.fixed_minor, r.least_minor), r.most_minor) AS minor
    ) fee
    WHERE l.kind = 'payment' AND l.day = %(day)s AND l.amount_minor > 0
), judged AS (
    SELECT *, abs(kept - expected) * 200 > greatest(200, expected) AS is_off FROM kept
)
SELECT rate_id, count(*), count(*) FILTER (WHERE kept IS NULL),
       coalesce(sum(expected) FILTER (WHERE kept IS NULL), 0), coalesce(sum(kept), 0),
       coalesce(sum(expected) FILTER (WHERE kept IS NOT NULL), 0), count(*) FILTER (WHERE is_off),
       coalesce(sum(abs(kept - expected)) FILTER (WHERE is_off), 0),
       (array_agg(ARRAY[provider_ref, amount_minor::text, kept::text] ORDER BY abs(kept - expected) DESC, id)
        FILTER (WHERE is_off))[1:1]
FROM judged GROUP BY 1 ORDER BY 1
"""


DAY = timedelta(days=1)  # rows may be booked on the day after they happened, which is what a file covers


@dataclass(frozen=True, slots=True)
class KeptFees:
    """The payments of a day and a rate: what was kept back of them, what the card says. Minor units.

    `untold` payments tell no fee; `untold_minor` is what the card expects of those, `expected_minor` of the
    others; `off` of them are off, by `off_minor` together. `worst` is the one furthest off: the provider's id
    of it, its amount and what was kept.
    """

    terms: Terms
    payments: int
    untold: int
    untold_minor: int
    kept_minor: int
    expected_minor: int
    off: int
    off_minor: int
    worst: tuple[str, int, int] | None

    @property
    def is_off(self) -> bool:
        """Whether any payment is off, or all of them together."""
        lines = self.payments - self.untold
        return bool(self.off) or pricing.is_off(self.kept_minor, self.expected_minor, lines)


def kept_fees(account: SourceAccount, day: date, card: RateCard) -> list[KeptFees]:
    """What was kept back on a day by each rate of a card that has payments; two queries."""
    zone = ZoneInfo(account.time_zone)
    start = datetime.combine(day, time(), zone)
    rates = {each.pk: each.terms for each in card.rates.all()}
    with connection.cursor() as cursor:
        cursor.execute(
            _KEPT,
            {
                "account": account.pk, "currency": account.currency, "day": day, "card": card.pk,
                "since": start - DAY, "until": start + 2 * DAY,
            },
        )  # fmt: skip
        return [
            KeptFees(
                rates[rate], payments, untold, int(untold_minor), int(kept), int(expected), off,
                int(off_minor), (worst[0][0], int(worst[0][1]), int(Decimal(worst[0][2]))) if worst else None,
            )
            for rate, payments, untold, untold_minor, kept, expected, off, off_minor, worst
            in cursor.fetchall()
        ]  # fmt: skip


def of_fees(account: SourceAccount, day: date) -> Iterator[Finding]:
    """The fees of a day that are off the card or not told."""
    if not rules.settles_to_a_bank(account.role, account.ledger_code):
        return
    card = card_on(account, day)
    if card is None:
        return
    since = f"the rate card of {card.valid_from:%-d %b %Y}"
    for each in kept_fees(account, day, card):
        key = f"fees:{day.isoformat()}:{each.terms.method}:{each.terms.from_minor}"
        rate = each.terms.told(account.currency)
        if each.is_off:
            kept, expected = (Money(n, account.currency) for n in (each.kept_minor, each.expected_minor))
            off = kept - expected
            told = each.payments - each.untold
            yield Finding(
                "fee_variance",
                f"Of {told:,} {each.terms.of(told)} {kept} was kept back; {since} ({rate}) says {expected}: "
                f"{_off_by(off)}.{_worst(each, told, account.currency)}",
                Money(abs(off.amount_minor) or each.off_minor, off.currency),
                left_key=key,
                left={"kind": "fee by the card", "amount_minor": each.expected_minor, "name": rate},
                right={
                    "kind": "fee kept back", "amount_minor": each.kept_minor,
                    "provider_ref": each.worst[0] if each.worst else "",
                },
                rule="rate_card",
            )  # fmt: skip
        if each.untold:
            missing = Money(each.untold_minor, account.currency)
            yield Finding(
                "fee_data_missing",
                f"{each.untold:,} of {each.payments:,} {each.terms.of(each.payments)} tell no fee; "
                f"{since} ({rate}) expects {missing} of them.",
                missing,
                left_key=key,
                left={"kind": "fee by the card", "amount_minor": each.untold_minor, "name": rate},
                rule="rate_card",
            )


def _off_by(off: Money) -> str:
    if not off:
        return "as much in all"
    return f"{Money(abs(off.amount_minor), off.currency)} too {'much' if off.amount_minor > 0 else 'little'}"


def _worst(each: KeptFees, told: int, currency: str) -> str:
    if each.worst is None:
        return ""
    ref, amount, kept = each.worst
    lead = "" if told == 1 else f"{each.off:,} of them {'is' if each.off == 1 else 'are'} off, the furthest "
    named = ref or "one without an id"
    return f" {lead}{named}: {each.terms.arithmetic(amount, currency)}, kept {Money(kept, currency)}."
