"""The fields of accounts (03) and transactions (16): amounts, funds types, references, text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from paydesk.importers.amounts import MOST_DECIMALS, MOST_WHOLE_DIGITS
from paydesk.importers.bai2.records import Logical
from paydesk.importers.moments import WINDOW
from paydesk.importers.records import EXACT

MOST_TEXT = 2_000
_AMOUNT = re.compile(rf"[+-]?\d{{1,{MOST_WHOLE_DIGITS + 16}}}(?:\.\d{{0,{MOST_DECIMALS}}})?", re.ASCII)
_FUNDS = frozenset({"", "0", "1", "2", "V", "S", "D", "Z"})


@dataclass(frozen=True, slots=True)
class Funds:
    """When the money may be used: `value_on` where a date is stated; `sums` of its distribution, as "
    "written."""

    kind: str
    value_on: date | None = None
    sums: tuple[Decimal, ...] = ()
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """One balance or total of an account; amounts as written, without the implied decimals."""

    code: str
    written: Decimal | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Detail:
    """One transaction; `written` is the amount as it stands, without the implied decimals."""

    code: str
    written: Decimal | None
    funds: Funds
    bank_reference: str
    customer_reference: str
    text: str


def written_amount(text: str) -> Decimal | None:
    """The figure in an amount field, None when it is empty. Raises ValueError with a sentence."""
    plain = text.strip()
    if not plain:
        return None
    if _AMOUNT.fullmatch(plain) is None:
        raise ValueError(f"{plain[:40]!r} is no amount.")
    value = Decimal(plain)
    if len(format(value.copy_abs(), "f").partition(".")[0].lstrip("0")) > MOST_WHOLE_DIGITS:
        raise ValueError(f"{plain!r} is larger than any amount of money.")
    return value


def small_number(text: str) -> int | None:
    """A count of up to nine digits, None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def major(written: Decimal, digits: int) -> Decimal:
    """The figure in major units: its last `digits` are decimals, unless it has a point of its own."""
    own_point = written.as_tuple().exponent != 0
    return written if own_point else written.scaleb(-digits, EXACT)


def day(text: str) -> date | None:
    """YYMMDD, or YYYYMMDD as some banks write it; None when empty. Raises ValueError."""
    plain = text.strip()
    if not plain.strip("0"):
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) in (6, 8)):
        raise ValueError(f"{plain[:20]!r} is no date.")
    year = int(plain[:-4]) if len(plain) == 8 else int(plain[:2]) + (1900 if plain[:2] >= "80" else 2000)
    try:
        found = date(year, int(plain[-4:-2]), int(plain[-2:]))
    except ValueError as problem:
        raise ValueError(f"{plain!r} is no date.") from problem
    if not WINDOW[0] <= year <= WINDOW[1]:
        raise ValueError(f"{plain!r} is no date of our time.")
    return found


def _funds(fields: list[str], place: int) -> tuple[Funds, int]:
    """The funds type at `place` with what belongs to it, and the place behind. Raises ValueError."""
    kind = fields[place].upper() if place < len(fields) else ""
    place += 1
    if kind not in _FUNDS:
        raise ValueError(f"{kind[:10]!r} is no funds type (0, 1, 2, V, S, D or Z).")
    if kind == "V":
        try:
            return Funds(kind, day(_at(fields, place))), place + 2
        except ValueError as problem:
            return Funds(kind, odd=str(problem)), place + 2
    if kind == "S":
        sums = [written_amount(_at(fields, place + each)) or Decimal(0) for each in range(3)]
        return Funds(kind, sums=tuple(sums)), place + 3
    if kind == "D":
        count = _at(fields, place)
        number = small_number(count)
        if not number or number > 100:
            raise ValueError(f"{count[:10]!r} is no number of distributions.")
        places = range(place + 2, place + 1 + 2 * number, 2)
        sums = [written_amount(_at(fields, each)) or Decimal(0) for each in places]
        return Funds(kind, sums=tuple(sums)), place + 1 + 2 * number
    return Funds(kind), place


def _at(fields: list[str], place: int) -> str:
    return fields[place] if place < len(fields) else ""


def summaries(fields: list[str]) -> list[Summary]:
    """The balances and totals of an account, from its third field on. Raises ValueError with a sentence."""
    found, place = [], 0
    while place < len(fields):
        code = fields[place]
        if not code:  # between two continuations
            place += 1
            continue
        written = written_amount(_at(fields, place + 1))
        count = _at(fields, place + 2)
        _, place = _funds(fields, place + 3)
        found.append(Summary(code, written, small_number(count)))
    return found


def detail(record: Logical) -> Detail:
    """The transaction of a record 16 and its continuations. Raises ValueError with a sentence.

    Fields may go on in continuations; from the text on everything is text, commas included.
    """
    parts = record.parts
    fields = [each.strip() for each in parts[0].split(",")]
    used = 1
    while used < len(parts) and len(fields) < _needed(fields):
        fields += [each.strip() for each in parts[used].split(",")]
        used += 1
    written = written_amount(_at(fields, 1))
    funds, place = _funds(fields, 2)
    # The text keeps its own blanks at commas: it is cut from what stood there, not from the fields.
    texts = [",".join(",".join(parts[:used]).split(",")[place + 2 :]), *parts[used:]]
    return Detail(_at(fields, 0), written, funds, _at(fields, place), _at(fields, place + 1), one_line(texts))


def _needed(fields: list[str]) -> int:
    """How many fields stand before the text, as far as those there say."""
    kind = _at(fields, 2).upper()
    if kind == "D":
        count = small_number(_at(fields, 3)) or 0
        return 6 + 2 * count if count <= 100 else 6
    return 5 + {"V": 2, "S": 3}.get(kind, 0)


def one_line(texts: list[str]) -> str:
    """Text of several lines as one, single blanks, cut where it is longer than any reader wants."""
    text = " ".join(" ".join(texts).split())
    text = text.strip(" ,") if text.endswith(",") else text
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
