"""BAI2 type codes: to which side a transaction counts, what it is, and which kind of row it makes.

The side follows from the ranges of the standard (100-399 credit, 400-699 debit; loans 700-799 by code; what
banks define themselves: 920-959 credit, 960-999 debit). Titles: type_codes.csv, after the tables of
ministryofjustice/bai2 (MIT), in short.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from paydesk.importers.records import Kind

Side = Literal["credit", "debit", "none"]

OPENING_LEDGER, CLOSING_LEDGER, CURRENT_LEDGER = "010", "015", "030"
TOTAL_CREDITS, TOTAL_DEBITS = "100", "400"

_KINDS: dict[Kind, str] = {
    "fee": "398 524 564 567 661 698",
    "reversal": "123 252 255 257 258 261 266 395 423 468 552 555 557 558 561 566 694",
    "adjustment": (
        "118 172 189 196 224 248 254 263 268 276 278 346 354 357 358 359 363 368 372 376 381 383 386 388 397 "
        "408 489 496 548 554 563 568 578 631 634 654 659 663 668 672 676 681 683 686 688 695"
    ),
    "sweep": "135 145 274 275 277 347 445 485 574 575 577 656",
}
_KIND_OF: dict[str, Kind] = {code: kind for kind, codes in _KINDS.items() for code in codes.split()}
_LOAN_DEBITS = frozenset({"760"})


@dataclass(frozen=True, slots=True)
class TypeCode:
    """What one code means; `kind` for a row of that side."""

    side: Side
    title: str
    kind: Kind


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """The titles of the standard by their code."""
    with (Path(__file__).parent / "type_codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["title"] for row in csv.DictReader(file)}


def plain_code(text: str) -> str | None:
    """The three digits of a type code as written ("142", "0142", "5"); None for what has more or none."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    digits = digits.lstrip("0").rjust(3, "0")
    return digits if len(digits) == 3 else None


@lru_cache(maxsize=1024)
def type_code(code: str) -> TypeCode | None:
    """What the three digits `code` mean for a transaction; None where the standard says no side."""
    number = int(code)
    if code == "890":
        return TypeCode("none", titles()[code], "notice")
    if 100 <= number <= 399 or 706 <= number <= 728 or 920 <= number <= 959 or number in (827, 829):
        side: Side = "credit"
    elif 400 <= number <= 699 or 960 <= number <= 999 or code in _LOAN_DEBITS or number == 828:
        side = "debit"
    else:
        return None
    own = "Credit by a code of the bank's own" if side == "credit" else "Debit by a code of the bank's own"
    title = titles().get(code, own if number >= 900 else f"{side.capitalize()} of type {code}")
    return TypeCode(side, title, _KIND_OF.get(code, "payment" if side == "credit" else "payout"))
