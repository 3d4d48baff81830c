"""One Ntry of a camt message to one statement line: sign, status, kind, references, parties, raw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.camt.details import Details
from paydesk.importers.camt.frames import Frame, frame_of
from paydesk.importers.records import EXACT, RejectedLine, StatementLine, line_of
from paydesk.importers.xml_rows import amount_of, one_line
from paydesk.kernel.card_numbers import MAY_HOLD, card_number_in, masked, masked_row, may_hold_card

LONGEST_TEXT = 2000
NAMED_IN_BATCH = 3
_SHORTEST_CARD = 13
# Where a part of the batch information stands; version 1 has it in the entry itself.
_BATCH = {name: (f"NtryDtls/Btch/{name}", f"Btch/{name}") for name in ("PmtInfId", "MsgId", "NbOfTxs")}

Note = Callable[[str, str], None]


def whole_row(own: dict[str, str], details: list[Details]) -> dict[str, str]:
    """The raw row of an entry: its own texts by path and those of its transactions, numbered."""
    raw = dict(own)
    for place, each in enumerate(details, start=1):
        raw.update({f"NtryDtls/TxDtls[{place}]/{path}": text for path, text in each.raw.items()})
    return raw


def entry_line(
    own: dict[str, str],
    details: list[Details],
    raw: dict[str, str],
    number: int,
    note: Note,
    frame: Frame | None = None,
) -> StatementLine | RejectedLine:
    """The line of entry `number` (they count from 1 through the file), or why it cannot be one.

    `own` are the texts of the entry by path, `raw` is what is kept of all of them.
    """
    try:
        line = _line(own, number, details, raw, note, frame or frame_of(own, details))
    except ValueError as problem:
        return RejectedLine(number, f"Entry {number}: {problem}", masked_row(raw))
    if _holds_card(line.text, raw):
        note("card", f"Entry {number} holds a full card number; it is kept masked.")
        return _masked(line, masked_row(raw))
    return line


def _holds_card(text: str, raw: dict[str, str]) -> bool:
    texts = [*raw.values(), text]
    if not may_hold_card("\n".join(texts)):
        return False
    long_ones = [each for each in texts if len(each) >= _SHORTEST_CARD]
    if MAY_HOLD.search("\n".join(long_ones)) is None:
        return False
    return any(map(card_number_in, long_ones))


def _line(
    own: dict[str, str],
    number: int,
    details: list[Details],
    raw: dict[str, str],
    note: Note,
    frame: Frame,
) -> StatementLine:
    amount, currency = _amount(own)
    if not frame.stated:
        note("status", "Entries have no status (Sts); they were read as booked.")
    credit = frame.credit
    one = details[0] if len(details) == 1 else None
    payer, account = _party(details, credit, frame.reversed)
    stated = _batch(own, "NbOfTxs")
    if one is not None and not stated:
        text = one.text if "AddtlNtryInf" not in own else _text(own, details, stated)
    else:
        text = _text(own, details, stated)
        _check_details(number, amount, currency, details, own, note)
    if one is None:
        reference = _reference(details, credit)
    elif credit:
        reference = one.structured or one.end_to_end
    else:
        reference = one.end_to_end or one.structured
    return line_of(
        number,
        frame.kind,
        frame.status,
        amount if credit else amount.copy_negate(),
        currency,
        None,
        reference,
        own.get("AcctSvcrRef") or (one.servicer if one else "") or own.get("NtryRef", ""),
        one.network if one else "",
        _batch(own, "PmtInfId") or _batch(own, "MsgId"),
        account,
        "",
        payer,
        text[:LONGEST_TEXT],
        frame.channel,
        None,
        frame.booked_at or (one.at if one else None),
        frame.booked_on,
        frame.value_on,
        raw,
        None,
        "",
    )


def _amount(own: dict[str, str]) -> tuple[Decimal, str]:
    text = own.get("Amt", "")
    amount = amount_of(text)
    if amount is None:
        raise ValueError(f"its amount {text!r} is not an amount." if text else "it has no amount (Amt).")
    if amount.is_signed() and amount:
        raise ValueError(f"its amount {text} has a minus; the direction belongs into CdtDbtInd.")
    return amount, own.get("Amt@Ccy", "").strip() or "XXX"


def _party(details: list[Details], credit: bool, reversed_: bool) -> tuple[str, str]:
    """The other side's name and account, where all transactions of the entry have the same."""
    # A reversal keeps the parties of the payment it undoes, so the other side is the opposite one.
    debtor_is_other = credit != reversed_
    if len(details) == 1:
        return details[0].debtor if debtor_is_other else details[0].creditor
    found = {each.debtor if debtor_is_other else each.creditor for each in details}
    return found.pop() if len(found) == 1 else ("", "")


def _reference(details: list[Details], credit: bool) -> str:
    """Our reference: on money in the one of our invoice, on money out the one we gave the payment."""
    found = {
        (each.structured or each.end_to_end) if credit else (each.end_to_end or each.structured)
        for each in details
    }
    return found.pop() if len(found) == 1 else ""


def _text(own: dict[str, str], details: list[Details], stated: str) -> str:
    """Remittance and bank texts; a batch says how many payments it is and names the first."""
    extra = one_line(own["AddtlNtryInf"]) if "AddtlNtryInf" in own else ""
    count = len(details)
    parts = [details[0].text] if count == 1 else []
    if count > 1:
        named = [_one_of_batch(each) for each in details[:NAMED_IN_BATCH]]
        more = f" and {count - NAMED_IN_BATCH} more" if count > NAMED_IN_BATCH else ""
        parts = [f"Batch of {count} transactions: {'; '.join(named)}{more}"]
    elif stated.isdecimal() and int(stated) > 1:
        parts = [f"Batch of {stated} transactions, details of {count or 'none'} in the file.", *parts]
    if extra and not any(extra in part for part in parts):
        parts.append(extra)
    return " ".join(part for part in parts if part)


def _one_of_batch(each: Details) -> str:
    known = each.amount
    amount = f"{plain_text(known)} {each.currency}".strip() if known is not None else ""
    return " ".join(
        part for part in (amount, each.debtor[0] or each.creditor[0], each.end_to_end or each.text) if part
    )


def _batch(own: dict[str, str], name: str) -> str:
    usual, early = _BATCH[name]
    return own.get(usual) or own.get(early, "")


def _check_details(
    number: int, amount: Decimal, currency: str, details: list[Details], own: dict[str, str], note: Note
) -> None:
    """A batch is one line; say so, and say when its transactions do not make its amount."""
    stated = _batch(own, "NbOfTxs")
    if not stated and len(details) < 2:
        return
    if len(details) > 1 or (stated.isdecimal() and int(stated) > 1):
        note(
            "batch",
            "Batch entries of several transactions are one line each; the details are in the raw row.",
        )
    if stated.isdecimal() and details and int(stated) != len(details):
        note("batch count", f"Entry {number} states {stated} transactions and holds {len(details)}.")
    if len(details) < 2 or any(each.currency != currency for each in details):
        return
    total = Decimal(0)
    for each in details:
        part = each.amount
        if part is None:
            return
        against = each.direction not in ("", own["CdtDbtInd"])
        total = EXACT.add(total, part.copy_negate() if against else part)
    if total != amount:
        note(
            "batch sum",
            f"Entry {number} is {plain_text(amount)} {currency}, its parts make {plain_text(total)}.",
        )


def _masked(line: StatementLine, raw: dict[str, str]) -> StatementLine:
    return replace(
        line,
        text=masked(line.text),
        reference=masked(line.reference),
        payer_name=masked(line.payer_name),
        account=masked(line.account),
        raw=raw,
    )
