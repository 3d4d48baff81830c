"""The WX report as a stream: its head, a line per DataRecord, its own totals compared with the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from paydesk.importers.amounts import plain_text
from paydesk.importers.ingenico_wx.totals import DECIMALS, Sums, count_warnings
from paydesk.importers.moments import Moments
from paydesk.importers.records import (
    Kind,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
    Status,
)
from paydesk.importers.safe_xml import let_go, local_name, namespace, xml_events
from paydesk.importers.settlement_sums import major_units
from paydesk.kernel.card_numbers import MAY_HOLD, masked_row

# Record category and type. X is processed and not settled, + and - are settled.
KINDS: dict[str, Kind] = {
    "XON": "payment", "+ON": "payment", "+IP": "payment", "+AP": "payment",
    "XCR": "refund", "-CR": "refund", "-CB": "chargeback",
}  # fmt: skip
STATUSES: dict[str, Status] = {
    "800": "pending", "900": "pending", "975": "pending",
    "1000": "success", "1050": "success", "1500": "success", "1800": "success",
}  # fmt: skip
# The amount that is due to us comes first; a record that is not settled has none of it.
_AMOUNTS = ("AmountDue", "CurrencyDue"), ("PaymentAmount", "PaymentCurrency")
_AMOUNTS_BEFORE = ("AmountDelivered", "CurrencyDelivered"), ("AmountLocal", "CurrencyLocal")
MOST_ELEMENTS = 5_000  # of one record; a real one has about 120
LONGEST_VALUE = 500
MOST_HEAD_VALUES = 100
_MOMENTS = Moments("ymd", "UTC")
_Get = Callable[[str], str]


class WxReader:
    """Reads one WX file. `records()` streams from its start. Raises NotReadable when it is no WX file."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        for _, element in xml_events(file):
            if local_name(element) == "report" and "globalcollect" in namespace(element).lower():
                return
            break
        raise NotReadable("The file is no Ingenico (GlobalCollect) WX report.")

    def records(self) -> Iterator[Record]:
        """The head, a line or rejected line per DataRecord, then what does not add up."""
        head: dict[str, str] = {}
        counts: dict[str, str] = {}
        sums = Sums()
        shown = False
        for number, element in self._parts():
            name = local_name(element)
            if name == "DataRecord":
                if not shown:
                    yield _statement(head)
                    shown = True
                yield self._record(number, element, sums)
            elif name == "TotalAmount":
                sums.state(_leaves(element))
            elif name == "Totals":
                counts.update({f"Totals/{key}": value for key, value in _leaves(element).items()})
            elif name == "NumberOfRecords":
                counts[name] = _text(element)
            elif len(head) < MOST_HEAD_VALUES:
                head[name] = _text(element)
        if not shown:
            yield _statement(head)
        yield from sums.warnings()
        yield from count_warnings(counts, sums.records)

    def _parts(self) -> Iterator[tuple[int, etree._Element]]:
        """The children of the report, each when it is whole, with the number of records so far."""
        depth = records = inside = 0
        for event, element in xml_events(self.file):
            if event == "start":
                depth += 1
                inside = inside + 1 if depth > 2 else 0
                if inside > MOST_ELEMENTS:
                    raise NotReadable(
                        f"Record {records + 1} of the WX report holds more than {MOST_ELEMENTS:,} elements; "
                        "the file is damaged. Send it again."
                    )
                continue
            depth -= 1
            if depth == 1:
                records += local_name(element) == "DataRecord"
                yield records, element
                let_go(element)

    def _record(self, number: int, element: etree._Element, sums: Sums) -> StatementLine | RejectedLine:
        sums.records += 1
        raw = _leaves(element)
        if MAY_HOLD.search("\n".join(raw.values())):
            raw = masked_row(raw)
        try:
            line = _line(number, raw)
        except ValueError as problem:
            sums.rejected += 1
            return RejectedLine(number, f"Record {number}: {problem}", raw)
        sums.add(line)
        return line


def _line(number: int, raw: Mapping[str, str]) -> StatementLine:
    def pay(name: str) -> str:
        return raw.get(f"PaymentData/{name}", "")

    category, record_type = pay("Recordcategory"), pay("Recordtype")
    kind = KINDS.get(category + record_type)
    if kind is None:
        raise ValueError(
            f"the record category {category[:5]!r} with the type {record_type[:5]!r} is not one we know; "
            "ask Ingenico what it means."
        )
    amount, currency = _amount(pay, *_AMOUNTS, *_AMOUNTS_BEFORE)
    if (kind == "payment") != (amount > 0):
        raise ValueError(
            f"a {kind} (category {category!r}, type {record_type!r}) with the amount {plain_text(amount)} "
            "contradicts itself."
        )
    paid, paid_in = amount, currency
    if pay("AmountDue") and pay("PaymentAmount"):
        paid, paid_in = _amount(pay, _AMOUNTS[1])
    status = _status(category, pay("PaymentStatus"))
    at = pay("TransactionDateTime")
    occurred_at, booked_on = _moment("TransactionDateTime", at) if at else (None, None)
    due_on = _moment("DateDue", pay("DateDue"))[1] if pay("DateDue") else None
    return StatementLine(
        number,
        kind,
        status,
        amount,
        currency,
        reference=pay("AdditionalReference") or pay("ReferenceOriginalPayment"),
        provider_ref=_provider_ref(raw, pay("PaymentReference")),
        payer_name=_payer(raw),
        text=pay("DeductionReasonDescription"),
        channel=pay("CreditCardCompany"),
        occurred_at=occurred_at,
        booked_on=due_on or booked_on,
        value_on=due_on,
        raw=raw,
        original_amount=paid if paid_in != currency else None,
        original_currency=paid_in if paid_in != currency else "",
    )


def _amount(pay: _Get, *pairs: tuple[str, str]) -> tuple[Decimal, str]:
    """The first amount that is there, in major units, and its currency. Raises ValueError."""
    for name, currency_name in pairs:
        text, currency = pay(name), pay(currency_name)
        if not text:
            continue
        if len(currency) != 3 or not (currency.isascii() and currency.isupper()):
            raise ValueError(f"{currency_name} is {currency[:10]!r}, not a code such as USD.")
        try:
            return major_units(text, currency, DECIMALS), currency
        except ValueError as problem:
            raise ValueError(f"{name}: {problem}") from problem
    raise ValueError("it has no amount.")


def _status(category: str, code: str) -> Status:
    """What is processed and not settled is pending, whatever its code says. Raises ValueError."""
    status = STATUSES.get(code) if code else "success"
    if status is None:
        raise ValueError(f"the payment status {code[:10]!r} is not one we know; ask Ingenico what it means.")
    return "pending" if category == "X" else status


def _provider_ref(raw: Mapping[str, str], payment_reference: str) -> str:
    """The order; instalments of a recurring order share its number, so a later effort is named as well.

    A payment that no order announced (OrderID 0) is known by its payment reference.
    """
    order = raw.get("OrderID", "")
    if not order.strip("0"):
        return payment_reference if payment_reference.strip("0") else ""
    effort = raw.get("EffortID", "").lstrip("-")  # a refund repeats the effort it undoes, below zero
    attempt = raw.get("AttemptID", "")
    if attempt.strip("01"):
        return f"{order}-{effort}-{attempt}"
    return f"{order}-{effort}" if effort.strip("01") else order


def _payer(raw: Mapping[str, str]) -> str:
    for first, last in (("Firstname", "Surname"), ("BillingFirstname", "BillingSurname")):
        names = (raw.get(f"CustomerData/{first}", ""), raw.get(f"CustomerData/{last}", ""))
        if any(names):
            return " ".join(filter(None, names))
    return ""


def _moment(name: str, text: str) -> tuple[datetime | None, date]:
    try:
        return _MOMENTS.read(text)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from problem


def _statement(head: Mapping[str, str]) -> Statement:
    return Statement(
        account=head.get("AccountID") or None,
        opened_on=_day(head.get("PeriodFrom", "")),
        closed_on=_day(head.get("PeriodTo", "")),
        number=head.get("Filename") or None,
    )


def _day(text: str) -> date | None:
    try:
        return _MOMENTS.read(text)[1]
    except ValueError:
        return None


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()[:LONGEST_VALUE]


def _leaves(element: etree._Element) -> dict[str, str]:
    """The filled elements below `element` without children of their own, by their path."""
    found: dict[str, str] = {}
    path: list[str] = []
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if each is element:
            continue
        if event == "end":
            path.pop()
            continue
        path.append(local_name(each))
        if len(each) == 0 and (text := _text(each)):
            found["/".join(path)] = text
    return found
