"""Sellers of an invented marketplace in Ghana: orders, failed bindings, withdrawals, what they write.

Names and numbers are invented; everything is taken in by the real file and the real verbs.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.domain.callbacks.actions import keep_callback
from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.contracts.models import Contract
from paydesk.domain.goodwill.actions import give_goodwill
from paydesk.domain.goodwill.queries import open_minor_of
from paydesk.domain.marketplace.actions import ask_platform, take_events, take_messages
from paydesk.domain.marketplace.event_file import COLUMNS, read_event_file
from paydesk.domain.marketplace.models import Withdrawal
from paydesk.domain.providers.actions import open_callbacks
from paydesk.domain.providers.models import Provider, SourceAccount
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.money import Money
from paydesk.reporting.routes.actions import measure_routes

DEMO = system("demo")
MARKET, CURRENCY = "GH", "GHS"
SELLERS = (
    ("S-1001", "seller", "Adom Phones"), ("S-1002", "seller", "Nhyira Fabrics"),
    ("S-1003", "creator", "Kwesi Plays"), ("S-1004", "merchant", "Akwaaba Stores"),
)  # fmt: skip
REFUSALS = (
    ("name_mismatch", "The name of the wallet is another than that of the seller"),
    ("wallet_closed", "The wallet is closed"),
    ("limit_reached", "The wallet takes no more this month"),
)
TROUBLES = (
    ("W-1001-1", "Where is my payout {ref}? It says on its way since days."),
    ("W-1002-1", "You did not pay me out: {ref}. My wallet is fine!"),
)


def sellers_of_the_morning(people: Mapping[str, Actor], at: datetime) -> int:
    """Four sellers with what their platform told of them; two of them write. Returns how many events."""
    provider, _ = Provider.objects.get_or_create(
        code="marketplace", defaults={"name": "Makola Online", "kind": "processor"}
    )
    account = SourceAccount.objects.create(
        provider=provider, market=MARKET, name="Makola Online sellers", identifier="makola-gh",
        currency=CURRENCY, role="evidence", time_zone="Africa/Accra",
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.name for column in COLUMNS], restval="")
    writer.writeheader()
    writer.writerows(_rows(at))
    found = read_event_file(io.BytesIO(text.getvalue().encode()))
    assert not found.rejected, found.rejected[:3]
    taken = take_events(account.pk, found.events, by=people["AN"], now=at)
    assert not taken.rejected, taken.rejected[:3]
    told = taken.new + _by_messages(account, at)
    for number, (ref, said) in enumerate(TROUBLES):
        _troubled(ref, said, number, people["SU"], at)
    _asked(people["SU"], at)
    measure_routes(by=DEMO, now=at)
    return told


def _by_messages(account: SourceAccount, at: datetime) -> int:
    """What the platform posted by itself this morning: the later event came first. Returns how many."""
    seller = {"seller_id": SELLERS[0][0], "currency": CURRENCY, "order_id": "O-1001-7"}
    paid = {"event_id": "EV-9001", "event": "order_paid", "amount": "80.00", "fee": "4.00", **seller}
    free = {"event_id": "EV-9002", "event": "order_available", "amount": "76.00", **seller}
    endpoint = open_callbacks(account.pk, dialect="marketplace", by=DEMO, now=at)
    for minutes, event in ((50, free), (70, paid)):
        happened = f"{at - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
        body = json.dumps({**event, "at": happened}).encode()
        keep_callback(endpoint, channel="event", body=body, headers={}, by=DEMO, now=at)
    return take_messages(by=DEMO, now=at)


def _rows(at: datetime) -> list[dict[str, str]]:
    """Events of the last days as their file has them, oldest first."""
    dice, rows, start = random.Random("sellers"), [], at - timedelta(days=6)

    def told(event: str, hours: float, seller: tuple[str, str, str], **fields: str) -> None:
        rows.append({
            "event_id": f"EV-{len(rows) + 1:04}", "event": event, "currency": CURRENCY,
            "at": f"{start + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S+00:00}", "seller_id": seller[0],
            "seller_kind": seller[1], "seller_name": seller[2], **fields,
        })  # fmt: skip

    for n, seller in enumerate(SELLERS):
        number = seller[0].removeprefix("S-")
        if n < 3:
            code, why = REFUSALS[n]
            told("link_attempt", n, seller, method="mobile_money", reason_code=code, reason=why)
        told("link_attempt", n + 2, seller, method="bank")
        for order in range(6):
            gross = 40 + 10 * dice.randint(1, 20)
            fee, ref = gross // 20, f"O-{number}-{order + 1}"
            told("order_paid", 5 + order * 12, seller, amount=f"{gross}.00", fee=f"{fee}.00", order_id=ref)
            if order < 4:
                told("order_available", 9 + order * 12, seller, amount=f"{gross - fee}.00", order_id=ref)
        told("withdrawal_requested", 80, seller, amount="60.00", withdrawal_id=f"W-{number}-1", method="bank")
        if n == 1:
            told(
                "withdrawal_failed", 90, seller, amount="60.00", withdrawal_id=f"W-{number}-1",
                reason_code="name_mismatch", reason=REFUSALS[0][1],
            )  # fmt: skip
        elif n:
            told("withdrawal_paid", 90, seller, amount="60.00", withdrawal_id=f"W-{number}-1")
        if n == 3:
            told("held", 95, seller, amount="25.00", reason_code="review", reason="Three buyers complained")
    return rows


def _troubled(ref: str, said: str, number: int, support: Actor, at: datetime) -> Case:
    case = cases.open_case(
        market=MARKET, channel="email", text=said.format(ref=ref), contact=f"shop{number}@mail.example",
        contact_name=SELLERS[number][2], party_role="seller", external_id=f"<seller-{number}@mail.example>",
        by=DEMO, now=at - timedelta(hours=5 - number),
    )  # fmt: skip
    for link in CaseLink.objects.filter(case=case, state="proposed"):
        cases.confirm_link(link.pk, by=support, now=at - timedelta(hours=4))
    cases.open_side(
        case.pk, with_whom=("acquirer", "finance")[number], subject=f"Withdrawal {ref}",
        text=f"Has {ref} arrived, and if not, why?", address=("payouts@acquirer.example", "")[number],
        by=support, now=at - timedelta(hours=3),
    )  # fmt: skip
    return case


def _asked(support: Actor, at: datetime) -> None:
    """What the platform is asked: where one withdrawal is, and to pay out again one that failed."""
    for kind, ref, why in (
        ("where", "W-1001-1", "It is on its way for two days, and the seller asks."),
        ("again", "W-1002-1", "The seller corrected the name of the wallet."),
    ):
        found = Withdrawal.objects.get(external_ref=ref)
        ask_platform(kind, found.party_id, withdrawal_id=found.pk, reason=why, by=support, now=at)


def goodwill_of_the_morning(people: Mapping[str, Actor], at: datetime) -> int:
    """Two gifts to customers who called: one given alone, one that waits for the lead. Returns how many."""
    support, given = people["SU"], 0
    found = Case.objects.filter(
        market=MARKET, state__in=("new", "triaged", "in_progress", "waiting"), customer__isnull=False
    )
    for case in found.order_by("pk"):
        contract = (
            Contract.objects.filter(customer_id=case.customer_id, state="active").order_by("pk").first()
        )
        if contract is None or open_minor_of(contract.pk) < 40_00 or given == 2:
            continue
        cases.verify(case.pk, strong_way="callback", by=support, now=at)
        give_goodwill(
            case.pk, amount=Money((10_00, 40_00)[given], contract.currency), reason=("late", "locked")[given],
            note=("We answered two days late.", "Locked for a day although it was paid.")[given],
            contract_id=contract.pk, again=True, by=support, now=at,
        )  # fmt: skip
        given += 1
    return given
