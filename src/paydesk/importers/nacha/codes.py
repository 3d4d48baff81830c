"""What the codes of an ACH file mean: entry classes, transaction codes, addenda types.

Source: the Nacha file format as banks publish it. Class and code tables are short on purpose: only what
decides how a record is read, or what a person is told about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["credit", "debit"]
Action = Literal["move", "return", "prenote", "zero", "advice"]

MANY = 9_999


@dataclass(frozen=True, slots=True)
class EntryClass:
    """A standard entry class: what it is, how many addenda of which type, and the only side it may have."""

    title: str
    least: int = 0
    most: int = 0
    addenda: tuple[str, ...] = ("05",)
    side: Side | None = None


CLASSES: dict[str, EntryClass] = {
    "ACK": EntryClass("acknowledgement of a company payment", 0, 1),
    "ADV": EntryClass("accounting advice of the ACH operator", 0, 0),
    "ARC": EntryClass("check received by mail, collected as a debit", side="debit"),
    "ATX": EntryClass("acknowledgement of a company payment with remittance data", 0, MANY),
    "BOC": EntryClass("check converted in the back office", side="debit"),
    "CCD": EntryClass("company payment", 0, 1),
    "CIE": EntryClass("payment started by the customer", 0, 1, side="credit"),
    "COR": EntryClass("notification of change", 1, 1, ("98",)),
    "CTX": EntryClass("company payment with remittance data", 0, MANY),
    "DNE": EntryClass("notice of a death", 1, 1),
    "ENR": EntryClass("enrolment for payments of the government", 1, MANY),
    "IAT": EntryClass("international payment", 7, 14, ("10", "11", "12", "13", "14", "15", "16", "17", "18")),
    "MTE": EntryClass("withdrawal at a machine", 1, 1, ("02",)),
    "POP": EntryClass("check taken at the till, collected as a debit", side="debit"),
    "POS": EntryClass("card payment at a till", 1, 1, ("02",)),
    "PPD": EntryClass("payment to or from a person", 0, 1),
    "RCK": EntryClass("bounced check presented again", side="debit"),
    "SHR": EntryClass("card payment in a shared network", 1, 1, ("02",)),
    "TEL": EntryClass("payment agreed by telephone"),
    "TRC": EntryClass("truncated check", side="debit"),
    "TRX": EntryClass("exchange of truncated checks", 1, MANY, side="debit"),
    "WEB": EntryClass("payment agreed on the internet or from person to person", 0, 1),
    "XCK": EntryClass("destroyed check", side="debit"),
}

SERVICE_CLASSES: dict[str, str] = {
    "200": "credits and debits",
    "220": "credits only",
    "225": "debits only",
    "280": "accounting advices",
}


@dataclass(frozen=True, slots=True)
class TransactionCode:
    """`side` is the effect on the receiver's account; `books` differs only where an advice says so itself."""

    title: str
    side: Side
    action: Action
    books: Side


def _transaction_codes() -> dict[str, TransactionCode]:
    codes = {}
    sides: tuple[tuple[Side, int], ...] = (("credit", 1), ("debit", 6))
    actions: tuple[tuple[str, Action], ...] = (
        ("return or change of a {side}", "return"),
        ("{side}", "move"),
        ("prenote of a {side}", "prenote"),
        ("{side} of zero with remittance data", "zero"),
    )
    for first, account in (("2", "checking"), ("3", "savings"), ("4", "general ledger"), ("5", "loan")):
        for side, start in sides:
            for place, (words, action) in enumerate(actions):
                title = f"{words.format(side=side)}, {account} account"
                codes[f"{first}{start + place}"] = TransactionCode(title, side, action, side)
    del codes["57"], codes["58"], codes["59"]  # a loan account takes no debit but the reversal of a credit
    codes["55"] = TransactionCode("debit that reverses a credit, loan account", "debit", "move", "debit")
    # Advices by the rule of their last digit are credits to the receiver (1-4); what they say of the
    # bank's own books is `books`, which the controls of the file count.
    advices: tuple[tuple[str, str, Side], ...] = (
        ("81", "credit for debits originated", "credit"),
        ("82", "debit for credits originated", "debit"),
        ("83", "credit for credits received", "credit"),
        ("84", "debit for debits received", "debit"),
        ("85", "credit for credits in rejected batches", "credit"),
        ("86", "debit for debits in rejected batches", "debit"),
        ("87", "summary credit", "credit"),
        ("88", "summary debit", "debit"),
    )
    for code, words, books in advices:
        rule: Side = "credit" if code[1] < "5" else "debit"
        codes[code] = TransactionCode(f"advice: {words}", rule, "advice", books)
    return codes


TRANSACTION_CODES: dict[str, TransactionCode] = _transaction_codes()

ADDENDA: dict[str, str] = {
    "02": "terminal",
    "05": "payment information",
    "10": "international: receiver and amount",
    "11": "international: originator",
    "12": "international: originator's address",
    "13": "international: originator's bank",
    "14": "international: receiver's bank",
    "15": "international: receiver's address",
    "16": "international: receiver's city",
    "17": "international: remittance",
    "18": "international: correspondent bank",
    "98": "notification of change",
    "99": "return",
}

# Somebody's name is the evidence of these; in others a blank one is usual.
NAMED_CLASSES = frozenset({"CIE", "PPD", "TEL", "WEB"})

INTERNATIONAL_TYPES = frozenset(
    (
        "ANN",
        "BUS",
        "DEP",
        "LOA",
        "MIS",
        "MOR",
        "PEN",
        "REM",
        "RLS",
        "SAL",
        "TAX",
        "ARC",
        "BOC",
        "IAT",
        "MTE",
        "POP",
        "POS",
        "RCK",
        "SHR",
        "TEL",
        "WEB",
    )
)
