"""Rows that nobody at the demo company asked for, each from a file as its provider or bank would make it.

A bank account that pays the rent, a card account in dollars that is changed into cedis, a correction, money
sent from a portal by hand, and the row that shows a refund of ours. Names, numbers, amounts are invented.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from paydesk.demo.layouts.bank_csv import BANK_CSV
from paydesk.demo.layouts.camt import CAMT
from paydesk.demo.layouts.hubtel import HUBTEL
from paydesk.demo.layouts.layout import CsvFile, FileWriter, Layout
from paydesk.demo.markets import ACCOUNTS, MARKETS, DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major
from paydesk.demo.steps import SendFile
from paydesk.domain.payments.actions import request_bookings
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.providers.actions import add_source_account
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code
from paydesk.domain.statements.models import StatementHead
from paydesk.kernel.actor import Actor

HUBTEL_KEY, BANK_KEY = "gh_hubtel", "gh_bank"
OPENING = 900_000_00
# What an ordinary company account pays and gets in a day, in shillings.
PAID = (
    (-120_000_00, "RENT WESTLANDS OFFICE"), (-38_400_00, "ELECTRICITY PREPAID"), (-2_150_00, "EXCISE DUTY 1"),
    (-1_870_00, "EXCISE DUTY 2"), (-930_00, "EXCISE DUTY 3"), (-64_000_00, "COURIER SERVICES MARCH"),
    (-415_300_00, "SALARIES BATCH 7"), (12_00, "INTEREST EARNED"),
)  # fmt: skip
DUTY = "EXCISE DUTY"
STRIPE_HEAD = (
    "reporting_category", "gross", "fee", "net", "currency", "balance_transaction_id", "source_id",
    "created_utc", "automatic_payout_id",
)  # fmt: skip
CATEGORIES = {"conversion": "currency_conversion", "adjustment": "other_adjustment"}


def _open_stripe(
    stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int
) -> FileWriter:
    def cells(row: Row) -> tuple[str, ...]:
        money = major(row.amount)
        currency = account.identifier.rpartition("-")[2]
        return (
            CATEGORIES[row.kind], money, "0.00", money, currency, row.provider_ref, "",
            f"{row.at:%Y-%m-%d %H:%M:%S}", "",
        )  # fmt: skip

    return CsvFile(stream, STRIPE_HEAD, cells)


STRIPE = Layout(_open_stripe, "balance_{account}_{last:%Y-%m-%d}.csv")


def _account(
    key: str, code: str, name: str, kind: str, title: str, identifier: str, role: str
) -> DemoAccount:
    return DemoAccount(key, code, name, kind, title, identifier, role, "")


OWN = (
    (
        "KE", "KES",
        _account(
            "ke_own", "jamii_bank", "Jamii Bank (invented)", "bank", "Jamii operations KE", "0180000000340",
            "settles",
        ),
    ),
    (
        "GH", "USD",
        _account(
            "gh_cards_usd", "stripe", "Stripe", "psp", "Card payments GH in dollars", "acct-demo-usd",
            "originates",
        ),
    ),
    (
        "GH", "GHS",
        _account("gh_cards", "stripe", "Stripe", "psp", "Card payments GH", "acct-demo-ghs", "originates"),
    ),
)  # fmt: skip


def accounts_nobody_asked_about(
    accounts: MutableMapping[str, SourceAccount], by: Actor, at: datetime
) -> None:
    """Three accounts more, put among `accounts` by their keys."""
    zones = {market.code: market.time_zone for market in MARKETS}
    for market, currency, each in OWN:
        accounts[each.key] = add_source_account(
            provider_code=each.provider_code, provider_name=each.provider_name,
            provider_kind=each.provider_kind, market=market, name=each.name, identifier=each.identifier,
            currency=currency, role=each.role, time_zone=zones[market], by=by, now=at,
        )  # fmt: skip


def files_with_unasked_rows(
    accounts: MutableMapping[str, SourceAccount], folder: Path, at: datetime
) -> Iterable[SendFile]:
    """A file of each of these accounts for the day before, and one of the Hubtel portal of this morning."""
    day = datetime.combine(at.date() - timedelta(days=1), datetime.min.time())
    markets = {market.code: market for market in MARKETS}
    balance, paid = OPENING, []
    for n, (amount, text) in enumerate(PAID):
        balance += amount
        paid.append(
            Row(day + timedelta(hours=9, minutes=n), "payout", "success", amount, f"OPS{day:%y%m%d}{n:02}",
                text=text, balance=balance)
        )  # fmt: skip
    cards = {
        "gh_cards_usd": (("adjustment", 620_00), ("conversion", -600_00)),
        "gh_cards": (("conversion", 7_380_00), ("adjustment", -45_00)),
    }
    written = {"ke_own": paid} | {
        key: [
            Row(day + timedelta(hours=10 + n), kind, "success", amount, f"txn_demo_{key}_{n}")
            for n, (kind, amount) in enumerate(rows)
        ]
        for key, rows in cards.items()
    }
    for n, (market, _, each) in enumerate(OWN):
        layout = BANK_CSV if each.key == "ke_own" else STRIPE
        path = folder / layout.name(each, day.date(), day.date())
        _write(path, layout, markets[market], each, day.date(), written[each.key], OPENING)
        yield SendFile(at + timedelta(seconds=40 * n), path, path.name, each.key, layout, says_whose=True)
    market, hubtel = ACCOUNTS[HUBTEL_KEY]
    path = folder / f"hubtel-morning-{at:%Y-%m-%d}.csv"
    _write(path, HUBTEL, market, hubtel, at.date(), _of_the_portal(at), 0)
    yield SendFile(at + timedelta(minutes=3), path, path.name, HUBTEL_KEY, HUBTEL)
    if (statement := _shows_a_refund(accounts[BANK_KEY], folder, at)) is not None:
        yield SendFile(at + timedelta(minutes=4), statement, statement.name, BANK_KEY, CAMT)


def _of_the_portal(at: datetime) -> list[Row]:
    """Two rows nobody asked for."""
    local = at.replace(tzinfo=None) - timedelta(minutes=30)
    return [
        Row(local, "adjustment", "success", -18_00, f"hub-adj-{at:%y%m%d}", text="Adjustment of last month"),
        Row(local, "payout", "success", -75_00, f"hub-out-{at:%y%m%d}", text="Send money: petty cash"),
    ]


def _shows_a_refund(account: SourceAccount, folder: Path, at: datetime) -> Path | None:
    """A statement of the bank by which one of the refunds paid from it left; None where none was."""
    paid = Refund.objects.filter(payout_file__source_account=account, state="paid").order_by("pk").first()
    before = StatementHead.objects.filter(file__source_account=account, closing__isnull=False).last()
    if paid is None or before is None or before.closing is None:
        return None
    market, bank = ACCOUNTS[BANK_KEY]
    row = Row(
        at.replace(tzinfo=None), "payout", "success", -paid.amount_minor, f"ADK{at:%y%m%d}001",
        reference=code(paid), text=f"Transfer {code(paid)}",
    )  # fmt: skip
    path = folder / f"intraday_{CAMT.name(bank, at.date(), at.date())}"
    _write(path, CAMT, market, bank, at.date(), [row], int(before.closing * 100))
    return path


def _write(
    path: Path,
    layout: Layout,
    market: DemoMarket,
    account: DemoAccount,
    day: date,
    rows: list[Row],
    opening: int,
) -> None:
    with path.open("wb") as stream:
        writer = layout.open(stream, market, account, day, opening)
        writer.add(rows)
        writer.close()


def duty_is_said_to_be_tax(analyst: Actor, at: datetime) -> None:
    """The small duties of the bank are explained together; a second person has not agreed yet."""
    rows = ReversalRow.objects.filter(state="open", statement_line__text__startswith=DUTY)
    request_bookings(
        list(rows.values_list("pk", flat=True)), book_as="tax",
        note="Excise duty on our transfers, as the bank's tariff says.", by=analyst, now=at,
    )  # fmt: skip
