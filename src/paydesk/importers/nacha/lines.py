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
from paydesk.kernel.card_numbers import masked

CURRENCY = "USD"
MOST_TEXT = 2_000
RAW_ADDENDA = 200  # how many addenda of one entry stay with the line as they stood
# Their addenda hold what no payment needs: social security numbers, dates of death.
_PRIVATE = frozenset({"DNE", "ENR"})
_DIGIT = re.compile(r"\d")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LONG_NUMBER = re.compile(r"\d[ -]?(?:\d[ -]?){11}\d")  # may be a card number
_MASKED_COLUMNS = ((12, 29), (39, 54), (54, 76), (39, 74))


class _Reading(NamedTuple):
    kind: Kind
    status: Status
    text: str
    network_ref: str


class LineMaker:
    """Makes the lines of the entries of one file; what is the same for a whole batch is worked out once."""

    def __init__(self, header: FileHeader | None) -> None:
        self.header = header
        self._batch: BatchHeader | None = None
        self._key = ""
        self._plain: dict[str, str] = {}

    def line(self, entry: Entry) -> StatementLine:
        """The line of one entry. Amounts become major units; everything else stands as the file says it."""
        batch = entry.batch
        if batch is not self._batch:
            self._batch, self._key, self._plain = batch, _batch_key(batch, self.header), {}
        amount = Decimal(entry.amount if entry.kind.side == "credit" else -entry.amount).scaleb(-2)
        found = _reading(entry, batch, self._plain)
        name, text, reference, account = entry.name, found.text, entry.reference, entry.account
        original_amount: Decimal | None = None
        original_currency = ""
        if batch is not None and batch.is_international:
            parties = addenda.international_of(entry)
            name, reference = parties.receiver, parties.receiver_id
            by = f"from {parties.originator}" if parties.originator else ""
            text = _joined([text, by, parties.remittance])
            if parties.amount and _CURRENCY.fullmatch(batch.to_currency) and batch.to_currency != CURRENCY:
                # Outbound: the amount in the receiver's currency; the layout pictures two decimals.
                original_amount = Decimal(parties.amount).scaleb(-2).copy_sign(amount)
                original_currency = batch.to_currency
        raw = entry.raw
        is_long = _LONG_NUMBER.search(f"{raw[12:29]}|{raw[39:76]}") is not None
        if is_long or (batch is not None and batch.is_international):
            account, reference, name = masked(account), masked(reference), masked(name)
        return StatementLine(
            entry.line, found.kind, found.status, amount, CURRENCY,
            reference=reference, network_ref=found.network_ref, batch_key=self._key,
            account=account, payer_name=name, text=masked(text[:MOST_TEXT]),
            channel=batch.entry_class if batch else "", booked_on=batch.settled_on if batch else None,
            value_on=batch.effective_on if batch else None, raw=raw_of(entry, is_long),
            original_amount=original_amount, original_currency=original_currency,
        )  # fmt: skip


def _reading(entry: Entry, batch: BatchHeader | None, plain: dict[str, str]) -> _Reading:
    """What the entry is for the desk; `plain` keeps the texts of the batch by transaction code."""
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
    if (text := plain.get(entry.code, "")) == "":
        text = plain[entry.code] = _joined([entry.kind.title.capitalize(), _what(batch)])
    text = f"{text} · {detail}" if detail else text
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


def raw_of(entry: Entry, is_long: bool) -> dict[str, str]:
    """The entry and its addenda as they stood; card numbers cut (looked for where `is_long`), and what is
    private starred."""
    text = entry.raw
    for start, end in _MASKED_COLUMNS if is_long else ():
        text = text[:start] + masked(text[start:end]).ljust(end - start) + text[end:]
    if entry.card_number:
        digits = entry.card_number
        text = text.replace(digits, f"{digits[:6]}{'*' * max(len(digits) - 10, 0)}{digits[-4:]}")
    raw = {"entry": text.replace(FILLER, "")}
    if not entry.addenda:
        return raw
    is_private = entry.batch is not None and entry.batch.entry_class in _PRIVATE
    for number, line in enumerate(entry.addenda[:RAW_ADDENDA], start=1):
        kept = masked(line.rstrip().replace(FILLER, ""))
        raw[f"addenda {number}"] = kept[:3] + _DIGIT.sub("*", kept[3:]) if is_private else kept
    if entry.addenda_lines > RAW_ADDENDA:
        raw["addenda in all"] = str(entry.addenda_lines)
    return raw
