"""An ACH entry as a statement line: kind, sign, texts. The only part that knows what a desk does with it.

An ACH file orders or reports entries; it is no account statement. So:
- a forward entry is an "order", pending: whether it settled is said by the bank's statement, whether it came
  back by a return file. The same holds for a batch named REVERSAL, whose entries are of kind "reversal";
- a return is a "reversal". Its sign is right for the originator: the return of a debit takes money back
  from us (minus), the return of a credit gives it back (plus). `network_ref` is the trace number of the
  original entry, so that it finds it. A dishonoured return (R61-R70) is pending, it may be contested;
- whatever states no amount (prenotes, changes, acknowledgements, enrolments, notices) is a "notice";
- an accounting advice is an "adjustment": the money it advises moved in other batches.
The sign is that of the transaction code: credits to the receiver are plus, debits minus.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from paydesk.importers.card_numbers import masked
from paydesk.importers.nacha import addenda
from paydesk.importers.nacha.addenda import Change, Return
from paydesk.importers.nacha.fields import BatchHeader, Entry, FileHeader
from paydesk.importers.nacha.reasons import (
    CHANGES,
    RETURNS,
    is_contested,
    is_dishonoured,
    is_refused_change,
)
from paydesk.importers.nacha.splitting import FILLER
from paydesk.importers.records import Kind, StatementLine, Status

CURRENCY = "USD"
MOST_TEXT = 2_000
RAW_ADDENDA = 200  # how many addenda of one entry stay with the line as they stood
# Their addenda hold what no payment needs: social security numbers, dates of death.
_PRIVATE = frozenset({"DNE", "ENR"})
_DIGIT = re.compile(r"\d")


class _Reading(NamedTuple):
    kind: Kind
    status: Status
    text: str
    network_ref: str


def statement_line(entry: Entry, header: FileHeader | None) -> StatementLine:
    """The line of one entry. Amounts become major units; everything else stands as the file says it."""
    batch = entry.batch
    amount = Decimal(entry.amount if entry.kind.side == "credit" else -entry.amount).scaleb(-2)
    found = _reading(entry, batch)
    name, text, reference, account = entry.name, found.text, entry.reference, entry.account
    original_amount: Decimal | None = None
    original_currency = ""
    if batch is not None and batch.is_international:
        parties = addenda.international_of(entry)
        name, reference = parties.receiver, parties.receiver_id
        text = _joined([text, f"from {parties.originator}" if parties.originator else "", parties.remittance])
        if parties.amount and batch.to_currency not in ("", CURRENCY) and batch.to_currency.isalpha():
            # Outbound: the amount in the receiver's currency, with two decimals as the layout pictures it.
            original_amount = Decimal(parties.amount).scaleb(-2).copy_sign(amount)
            original_currency = batch.to_currency
    return StatementLine(
        entry.line, found.kind, found.status, amount, CURRENCY,
        reference=masked(reference), network_ref=found.network_ref, batch_key=_batch_key(batch, header),
        account=masked(account), payer_name=masked(name), text=masked(text[:MOST_TEXT]),
        channel=batch.entry_class if batch else "", booked_on=batch.settled_on if batch else None,
        value_on=batch.effective_on if batch else None, raw=raw_of(entry),
        original_amount=original_amount, original_currency=original_currency,
    )  # fmt: skip


def _reading(entry: Entry, batch: BatchHeader | None) -> _Reading:
    """What the entry is for the desk."""
    if entry.addenda:
        if (came_back := addenda.return_of(entry)) is not None:
            code = came_back.code
            kind: Kind = "reversal" if entry.amount else "notice"
            status: Status = "pending" if is_dishonoured(code) and entry.amount else "success"
            text = _joined([_return_text(came_back), _what(batch)])
            return _Reading(kind, status, text, came_back.original_trace or entry.trace)
        if (change := addenda.change_of(entry)) is not None:
            text = _joined([_change_text(change), _what(batch)])
            status = "pending" if entry.amount else "success"
            return _Reading(
                "order" if entry.amount else "notice", status, text, change.original_trace or entry.trace
            )
    network_ref = entry.trace
    entry_class = batch.entry_class if batch else ""
    if entry_class in ("ACK", "ATX") and entry.reference.isdigit() and len(entry.reference) == 15:
        network_ref = entry.reference  # the trace number of what is acknowledged
    if entry.addenda and entry_class not in _PRIVATE:
        detail = _joined([addenda.remittance_of(entry, MOST_TEXT), addenda.terminal_of(entry)])
    else:
        detail = ""
    text = _joined([entry.kind.title.capitalize(), _what(batch), detail])
    if not entry.amount:
        return _Reading("notice", "success", text, network_ref)
    if entry.kind.action == "advice":
        return _Reading("adjustment", "success", text, network_ref)
    if entry.kind.action == "return":
        return _Reading("reversal", "success", text, network_ref)
    return _Reading("reversal" if batch and batch.is_reversal else "order", "pending", text, network_ref)


def _what(batch: BatchHeader | None) -> str:
    """The class and purpose of a batch: "PPD BUY WIDGET by EXAMPLE COMPANY"."""
    if batch is None:
        return ""
    by = f" by {batch.company_name}" if batch.company_name else ""
    return f"{batch.entry_class} {batch.description}{by}".replace(FILLER, "")


def _return_text(found: Return) -> str:
    reason = RETURNS.get(found.code, "unknown reason")
    if is_dishonoured(found.code):
        first = f" (returned for {found.first_code})" if found.first_code else ""
        text = f"Dishonoured return {found.code}: {reason}{first}"
    elif is_contested(found.code):
        before = ", ".join(each for each in (found.first_code, found.dishonoured_code) if each)
        text = f"Contested dishonoured return {found.code}: {reason}{f' (after {before})' if before else ''}"
    else:
        text = f"Return {found.code}: {reason}"
    died = f"died {found.died_on}" if found.died_on and found.code in ("R14", "R15") else ""
    return _joined([text, died, found.note])


def _change_text(change: Change) -> str:
    asked = change.code or "unknown"
    new = "; ".join(f"{name} {value}" for name, value in change.corrected)
    text = f"Change {asked}: {CHANGES.get(asked, 'unknown')}"
    if is_refused_change(change.refused_code):
        text = f"Change {asked} refused, {change.refused_code}: {CHANGES[change.refused_code]}"
    return f"{text}. Now {new}" if new else text


def _joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


def _batch_key(batch: BatchHeader | None, header: FileHeader | None) -> str:
    """What settles together: the file's creation and letter, and the batch."""
    if batch is None:
        return ""
    made = f"{header.created}{header.modifier}" if header else ""
    return "-".join(part for part in (made, batch.company_id, batch.number) if part)


def raw_of(entry: Entry) -> dict[str, str]:
    """The entry and its addenda as they stood; card numbers cut, and what is private starred."""
    text = entry.raw
    account = text[12:29]
    if (kept := masked(account)) != account:
        text = text[:12] + kept + text[29:]
    if entry.card_number:
        digits = entry.card_number
        text = text.replace(digits, f"{digits[:6]}{'*' * max(len(digits) - 10, 0)}{digits[-4:]}")
    raw = {"entry": text.replace(FILLER, "")}
    is_private = entry.batch is not None and entry.batch.entry_class in _PRIVATE
    for number, line in enumerate(entry.addenda[:RAW_ADDENDA], start=1):
        kept = masked(line.rstrip().replace(FILLER, ""))
        raw[f"addenda {number}"] = _DIGIT.sub("*", kept) if is_private else kept
    if entry.addenda_lines > RAW_ADDENDA:
        raw["addenda in all"] = str(entry.addenda_lines)
    return raw
