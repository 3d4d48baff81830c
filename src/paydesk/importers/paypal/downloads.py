"""PayPal's activity downloads: one row per event, any columns, several currencies in one file.

Holds and their releases, and the two sides of a currency conversion, are rows like all others; a conversion
names what it belongs to in Reference Txn ID. Each row has its own clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.tables import Table
from paydesk.importers.moments import ORDER_WORDS, DateOrder
from paydesk.importers.paypal import download_words as words
from paydesk.importers.records import EXACT, FileWarning, Kind, Record, StatementLine, Status
from paydesk.importers.settlement_rows import Columns, Row
from paydesk.importers.settlement_sums import Batches, currency_code
from paydesk.importers.settlement_tables import TableReport
from paydesk.importers.zone_words import ZonedMoments

ZERO = Decimal(0)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}", re.ASCII)
_KINDS = [(re.compile(rf"(?<!\w){re.escape(phrase)}s?(?!\w)"), kind) for phrase, kind in words.KINDS]
_CLOCKS: Mapping[DateOrder, ZonedMoments] = {
    "mdy": ZonedMoments("mdy"), "dmy": ZonedMoments("dmy"), "ymd": ZonedMoments("ymd"),
}  # fmt: skip


class PayPalDownload(TableReport):
    """The importer for activity downloads, in English, Spanish, German or French."""

    name = "paypal.download"
    about = About(
        title="PayPal activity download",
        provider="PayPal",
        sources=("samples", "integration_code"),
        source="Two downloads with what their origin's tests expect; column names of other importers.",
        sure="medium",
        versions="English; Spanish, German and French by column names only",
        known_missing=(
            "Words for types and statuses in other languages than English are known in part.",
            "Which of day and month stands first follows the account's country; the file does not say.",
        ),
    )
    what = "PayPal activity download"
    marks = (words.GROSS, words.NET, words.ZONE, words.TRANSACTION)
    needs = (words.DATE, words.CURRENCY)
    money = ("Gross", "Bruto", "Brutto", "Avant commission", "Net", "Neto", "Netto")

    def date_order(self, table: Table) -> tuple[DateOrder, bool]:
        """By the first date that has a number above 12; else as the language of the header writes it."""
        place = Columns(table.names).place_of(*words.DATE)
        for _, row in table.sample():
            found = _DAY.match(row[place].strip()) if place < len(row) else None
            if found and int(found[1]) > 12:
                return "dmy", True
            if found and int(found[2]) > 12:
                return "mdy", True
            if found is None and place < len(row) and row[place].strip()[:4].isdigit():
                return "ymd", True
        return ("mdy" if Columns(table.names).place("Date") >= 0 else "dmy"), False

    def notices(self, columns: Columns) -> Iterator[str]:
        if not columns.sure:
            yield (
                f"No date shows whether the day or the month stands first; they were read "
                f"{ORDER_WORDS[columns.order]}."
            )

    def records(self, table: Table) -> Iterator[Record]:
        balances: dict[str, _Balances] = {}
        for record in super().records(table):
            if isinstance(record, StatementLine):
                balances.setdefault(record.currency, _Balances()).add(record)
            yield record
        for each in balances.values():
            if warning := each.warning():
                yield warning

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        currency = currency_code(row.text(*words.CURRENCY), "The currency")
        gross = row.needed_amount(*words.GROSS)
        fee, net = row.amount(*words.FEE), row.amount(*words.NET)
        type_word = row.text(*words.TYPE)
        only_told = row.text(*words.IMPACT).casefold() == "memo"
        kind: Kind = "notice" if only_told else _kind(type_word, gross)
        status = _status(row.text(*words.STATUS))
        kept = None if fee is None else EXACT.minus(fee)
        if net is not None:
            if fee is not None and EXACT.add(gross, fee) != net:
                yield FileWarning(
                    f"Line {row.line}: gross {plain_text(gross)} and fee {plain_text(fee)} are not the net "
                    f"of {plain_text(net)}; gross and net count.",
                    row.line,
                    contradicts=True,
                )
            kept = EXACT.subtract(gross, net)
        if kind == "notice" or status == "failed":
            kept = None
        day, time = row.text(*words.DATE), row.text(*words.TIME)
        clock = _CLOCKS[row.columns.order]
        occurred_at, booked_on = clock.read(f"{day} {time}".strip(), row.text(*words.ZONE))
        related, subject = row.id(*words.RELATED), row.text(*words.SUBJECT)
        yield StatementLine(
            row.line,
            "failed" if status == "failed" else kind,
            status,
            ZERO if kind == "notice" else gross,
            currency,
            fee=kept,
            reference=row.id(*words.INVOICE, *words.CUSTOM),
            provider_ref=row.id(*words.TRANSACTION),
            account=row.text(*(words.FROM_EMAIL if gross >= 0 else words.TO_EMAIL)),
            payer_name=row.text(*words.NAME),
            text=", ".join(filter(None, [type_word, related and f"of {related}", subject])),
            channel=row.text(*words.BANK),
            balance=row.amount(*words.BALANCE),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=row.raw(),
        )


@lru_cache(maxsize=1000)
def _named_kind(word: str) -> Kind | None:
    key = " ".join(word.split()).casefold()
    return next((kind for pattern, kind in _KINDS if pattern.search(key)), None)


class _Balances:
    """The running balance of one currency: whether the rows lead from its first to its last figure."""

    def __init__(self) -> None:
        self.first: StatementLine | None = None
        self.last: StatementLine | None = None
        self.rows = ZERO

    def add(self, line: StatementLine) -> None:
        if line.balance is None or line.status != "success":
            return
        self.first = self.first or line
        self.last = line
        self.rows = EXACT.add(self.rows, line.net)

    def warning(self) -> FileWarning | None:
        """Both figures where the balance does not tie in either order of the rows."""
        if self.first is None or self.last is None:
            return None
        ways = []
        for oldest, newest in ((self.first, self.last), (self.last, self.first)):
            assert oldest.balance is not None
            assert newest.balance is not None
            made = EXACT.add(EXACT.subtract(oldest.balance, oldest.net), self.rows)
            if made == newest.balance:
                return None
            ways.append((made, newest))
        made, newest = ways[0]
        assert newest.balance is not None
        return FileWarning(
            f"The balance in {newest.currency} does not tie: the rows make {plain_text(made)}, the last row "
            f"says {plain_text(newest.balance)}.",
            newest.line,
            contradicts=True,
        )


def _kind(word: str, gross: Decimal) -> Kind:
    """The kind a type names; by the sign of the amount where it names only a payment."""
    return _named_kind(word) or ("payment" if gross >= 0 else "payout")


def _status(word: str) -> Status:
    if not word:
        return "success"  # downloads of the balance leave the column out: what it lists has happened
    found = words.STATUSES.get(" ".join(word.split()).casefold())
    if found is None:
        raise ValueError(
            f"The status {word[:40]!r} is not known as done, pending or failed, so it is not clear whether "
            "money moved."
        )
    return found
