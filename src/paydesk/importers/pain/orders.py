"""pain.001 and pain.008: every transaction of every payment group is an order, pending until a bank says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.pain.messages import Message
from paydesk.importers.records import EXACT, RejectedLine, Statement, StatementLine
from paydesk.importers.xml_rows import amount_of, moment, numbered, one_line
from paydesk.kernel.card_numbers import card_number_in, masked_row

NO_REFERENCE = {"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NONE"}
LONGEST_TEXT = 2000


@dataclass
class Totals:
    """Count and sum of transactions, whatever their currencies, as CtrlSum is; equivalent amounts apart."""

    count: int = 0
    total: Decimal = field(default_factory=lambda: Decimal(0))
    equivalent: int = 0

    def add(self, amount: Decimal | None, *, equivalent: bool) -> None:
        """Count one transaction; `amount` is None where it could not be read."""
        self.count += 1
        self.equivalent += equivalent
        if amount is not None:
            self.total = EXACT.add(self.total, amount.copy_abs())

    def differences(self, stated: dict[str, str], label: str) -> Iterator[str]:
        """A sentence with both figures for each figure of a header that the transactions do not make."""
        count, total = stated.get("NbOfTxs", ""), amount_of(stated.get("CtrlSum", ""))
        if count and (not count.isdecimal() or len(count) > 15 or int(count) != self.count):
            yield f"{label} states {count[:20]} transactions and holds {self.count}."
        if total is not None and total != self.total:
            note = f" ({self.equivalent} of them in an equivalent amount)" if self.equivalent else ""
            yield (
                f"{label} states a control sum of {plain_text(total)}, its transactions make "
                f"{plain_text(self.total)}{note}."
            )


def group_head(message: Message, group: dict[str, str]) -> Statement:
    """The head of a payment group: the account the orders are to be booked on."""
    ours = "DbtrAcct" if message.sign < 0 else "CdtrAcct"
    return Statement(
        account=group.get(f"{ours}/Id/IBAN") or group.get(f"{ours}/Id/Othr/Id")
        or group.get(f"{ours}/Id/PrtryAcct/Id") or None,
        currency=group.get(f"{ours}/Ccy") or None,
        number=group.get("PmtInfId") or None,
    )  # fmt: skip


def order_line(
    message: Message, own: dict[str, str], group: dict[str, str], number: int, sums: list[Totals]
) -> StatementLine | RejectedLine:
    """The line of transaction `number` of the file, or why it cannot be one; counted in each of `sums`."""
    path = next(
        (each for each in ("Amt/InstdAmt", "InstdAmt", "Amt/EqvtAmt/Amt", "Amt/EqvtAmt") if each in own), ""
    )
    equivalent = "EqvtAmt" in path
    amount = amount_of(own.get(path, ""))
    for each in sums:
        each.add(amount, equivalent=equivalent)
    try:
        if amount is None or amount < 0:
            raise ValueError(f"its amount {own.get(path, '')!r} is not an amount to pay.")
        date_name = "ReqdExctnDt" if message.sign < 0 else "ReqdColltnDt"
        on, _ = moment(own if _has(own, date_name) else group, date_name)
    except ValueError as problem:
        return RejectedLine(number, f"Transaction {number}: {problem}", masked_row(own))
    role = "Cdtr" if message.sign < 0 else "Dbtr"
    text = " ".join(
        [*numbered(own, "RmtInf/Ustrd"), *numbered(own, "RmtInf/Strd", "/CdtrRefInf/Ref"),
         *numbered(own, "RmtInf/Strd", "/CdtrRefInf/CdtrRef")]
    )  # fmt: skip
    if card_number_in(text) or any(map(card_number_in, own.values())):
        own = masked_row(own)
        text = masked_row({"text": text})["text"]
    reference = own.get("PmtId/EndToEndId", "")
    return StatementLine(
        line=number,
        kind="order",
        status="pending",
        amount=amount if message.sign > 0 else amount.copy_negate(),
        currency=own.get(f"{path}@Ccy", "").strip() or "XXX",
        reference="" if reference.upper() in NO_REFERENCE else reference,
        network_ref=own.get("PmtId/UETR", ""),
        batch_key=group.get("PmtInfId", ""),
        account=own.get(f"{role}Acct/Id/IBAN") or own.get(f"{role}Acct/Id/Othr/Id", ""),
        payer_name=own.get(f"{role}/Nm", ""),
        text=one_line(text)[:LONGEST_TEXT],
        channel=group.get("PmtMtd", ""),
        value_on=on,
        raw=own,
        original_currency=own.get("Amt/EqvtAmt/CcyOfTrf", "") if equivalent else "",
    )


def _has(own: dict[str, str], name: str) -> bool:
    return any(f"{name}{rest}" in own for rest in ("", "/Dt", "/DtTm"))
