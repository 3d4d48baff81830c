"""One STMTTRN of an OFX file to one statement line: its amount, dates, ids, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from paydesk.importers.amounts import exact_amount
from paydesk.importers.moments import WINDOW
from paydesk.importers.records import Kind, RejectedLine, StatementLine
from paydesk.kernel.card_numbers import MAY_HOLD, masked_row

PENDING_ROW = "STMTTRNP"
# TRNTYPE to kind. What is not here is money in (a payment) or money out (a payout).
KINDS: dict[str, Kind] = {"FEE": "fee", "SRVCHG": "fee", "INT": "adjustment", "DIV": "adjustment"}
KNOWN_TYPES = frozenset({
    "CREDIT", "DEBIT", "INT", "DIV", "FEE", "SRVCHG", "DEP", "ATM", "POS", "XFER", "CHECK", "PAYMENT",
    "CASH", "DIRECTDEP", "DIRECTDEBIT", "REPEATPMT", "HOLD", "OTHER",
})  # fmt: skip
MEANS_OUT = frozenset({"DEBIT", "FEE", "SRVCHG", "ATM", "POS", "CHECK", "CASH", "DIRECTDEBIT", "REPEATPMT"})
MEANS_IN = frozenset({"CREDIT", "DEP", "DIRECTDEP"})

_AMOUNT = re.compile(r"[+-]?[\d.,'’ ]+", re.ASCII)
_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,6}))?)?"
    r"\s*(?:\[\s*([+-]?\d{1,2})(?:\.(\d{1,2}))?\s*(?::[^\]]*)?\])?",
    re.ASCII,
)


_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# An offset of "-5.5" or "5.50" is five and a half hours; "5.30" means the same to some banks.
_PARTS_OF_HOUR = {"0": 0, "00": 0, "5": 30, "50": 30, "25": 15, "75": 45, "30": 30, "15": 15, "45": 45}


def ofx_amount(text: str) -> Decimal:
    """An OFX amount: point or comma as the decimal sign, no separators by the specification.

    Separators that banks write all the same are taken where they are clear. Raises ValueError, also for
    "1,234", which may be either.
    """
    text = text.strip()
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not an amount.")
    if "," not in text:
        return exact_amount(text)
    if _UNCLEAR.fullmatch(text):
        raise ValueError(f"{text!r} may mean thousands or a decimal comma; which is not clear.")
    return exact_amount(text, "," if text.rfind(",") > text.rfind(".") else ".")


def ofx_moment(text: str) -> tuple[date, datetime | None]:
    """(the date as written, the UTC instant) of an OFX date.

    The instant is None without a time or an offset, and at midnight: banks write 000000 for a date alone.
    Raises ValueError.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a date.")
    year, month, day, hour, minute, second, fraction, offset, part = found.groups()
    if not WINDOW[0] <= int(year) <= WINDOW[1]:
        raise ValueError(f"{text[:40]!r} is not a date of our time ({int(year)}).")
    try:
        on = date(int(year), int(month), int(day))
        if hour is None or offset is None or hour + minute + (second or "00") == "000000":
            return on, None
        sign = -1 if offset.startswith("-") else 1
        shift = timezone(sign * timedelta(hours=abs(int(offset)), minutes=_PARTS_OF_HOUR[part or "0"]))
        micro = int((fraction or "0").ljust(6, "0"))
        at = datetime(on.year, on.month, on.day, int(hour), int(minute), int(second or 0), micro, shift)
        return on, at.astimezone(UTC)
    except (ValueError, KeyError, OverflowError) as problem:
        raise ValueError(f"{text[:40]!r} is not a date.") from problem


class Days(dict[str, tuple[date, datetime | None]]):
    """Dates already read, by their text: a statement repeats a few of them."""

    def __missing__(self, text: str) -> tuple[date, datetime | None]:
        found = ofx_moment(text)
        if len(self) >= 5_000:
            self.clear()
        self[text] = found
        return found


def transaction_line(
    number: int, row: str, fields: Mapping[str, str], currency: str, days: Days
) -> StatementLine | RejectedLine:
    """The line of transaction `number` from its fields by path, or why it cannot be one.

    `row` is the element, STMTTRN or STMTTRNP (pending); `currency` the one of the statement.
    """
    holds_card = MAY_HOLD.search("\n".join(fields.values())) is not None
    raw = masked_row(fields) if holds_card else fields
    try:
        return _line(number, row, raw, currency, days)
    except ValueError as problem:
        return RejectedLine(number, f"Transaction {number}: {problem}", raw)


def _line(number: int, row: str, fields: Mapping[str, str], currency: str, days: Days) -> StatementLine:
    get = fields.get
    if again := next((name for name in fields if name.endswith("[2]")), None):
        raise ValueError(
            f"{again[:-3]} stands twice in it: two transactions ran into one, the file is damaged."
        )
    text = get("TRNAMT", "")
    if not text:
        raise ValueError("it has no amount (TRNAMT).")
    try:
        amount = ofx_amount(text)
    except ValueError as problem:
        raise ValueError(f"its amount {problem}") from problem
    posted = get("DTPOSTED") or get("DTTRAN")
    if not posted:
        raise ValueError("it has no date (DTPOSTED).")
    try:
        booked_on, at = days[posted]
        if user := get("DTUSER"):
            at = days[user][1] or at
        available = get("DTAVAIL")
        value_on = days[available][0] if available else None
    except ValueError as problem:
        raise ValueError(f"its date {problem}") from problem
    own = (get("CURRENCY/CURSYM") or get("CURRENCY") or currency).upper()
    if not _CURRENCY.fullmatch(own):
        raise ValueError(f"its currency {own[:20]!r} is not a code such as USD.")
    type_ = get("TRNTYPE", "").upper()
    name = get("NAME") or get("PAYEE/NAME") or get("EXTDNAME", "")
    memo = get("MEMO", "")
    check = get("CHECKNUM", "").strip("0") and get("CHECKNUM", "")
    return StatementLine(
        number,
        KINDS.get(type_) or ("payment" if amount >= 0 else "payout"),
        "pending" if row == PENDING_ROW or type_ == "HOLD" else "success",
        amount,
        own,
        None,
        check if type_ == "CHECK" and amount < 0 else "",
        get("FITID", ""),
        get("REFNUM") or (check if type_ != "CHECK" or amount >= 0 else ""),
        "",
        get("BANKACCTTO/ACCTID") or get("CCACCTTO/ACCTID", ""),
        "",
        name,
        memo if name in memo else f"{name} {memo}".strip(),
        type_.lower(),
        None,
        at,
        booked_on,
        value_on,
        fields,
    )
