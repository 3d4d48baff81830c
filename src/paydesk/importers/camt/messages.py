"""The camt messages as one stream: message > statements > balances and entries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from paydesk.importers.amounts import plain_text
from paydesk.importers.camt.entries import (
    EXACT,
    Details,
    amount_of,
    date_of,
    details_of,
    entry_line,
    text_at,
)
from paydesk.importers.limits import Limits
from paydesk.importers.other_formats import is_xml, what_is
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.safe_xml import let_go, let_go_of_kind, local_name, namespace, xml_events


@dataclass(frozen=True, slots=True)
class Message:
    """What tells one camt message from another: its name, its message element, its statement element."""

    name: str
    container: str
    statement: str
    newest: int


CAMT052 = Message("camt.052", "BkToCstmrAcctRpt", "Rpt", newest=13)
CAMT053 = Message("camt.053", "BkToCstmrStmt", "Stmt", newest=13)
CAMT054 = Message("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", newest=13)

# The order the schema gives the children of a statement and of an entry; what is not here is no part of it.
_STATEMENT_PARTS = (
    "Id", "StmtPgntn", "ElctrncSeqNb", "RptgSeq", "LglSeqNb", "CreDtTm", "FrToDt", "CpyDplctInd", "RptgSrc",
    "Acct", "RltdAcct", "Intrst", "Bal", "TxsSummry", "Ntry", "AddtlStmtInf", "AddtlRptInf",
    "AddtlNtfctnInf",
)  # fmt: skip
_ENTRY_PARTS = (
    "NtryRef", "Amt", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "Avlbty", "BkTxCd",
    "ComssnWvrInd", "AddtlInfInd", "Btch", "AmtDtls", "Chrgs", "TechInptChanl", "Intrst", "CardTx",
    "NtryDtls", "TxDtls", "AddtlNtryInf",
)  # fmt: skip
_STATEMENT_ORDER = {name: place for place, name in enumerate(_STATEMENT_PARTS)}
_ENTRY_ORDER = {name: place for place, name in enumerate(_ENTRY_PARTS)}
SHOWN = 3
REMEMBERED = 50_000  # references of a statement; equal ones stand close together


@dataclass
class _Open:
    """The statement being read."""

    number: int
    id: str = ""
    account: str = ""
    currency: str = ""
    sequence: str = ""
    begins: date | None = None
    ends: date | None = None
    balances: dict[str, tuple[Decimal, str, date | None]] = field(default_factory=dict)
    summary: dict[str, tuple[int | None, Decimal | None]] = field(default_factory=dict)
    head: Statement | None = None
    net: Decimal = Decimal(0)
    entries: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Decimal] = field(default_factory=lambda: {"CRDT": Decimal(0), "DBIT": Decimal(0)})
    other_currency: int = 0
    references: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    place: int = 0

    @property
    def label(self) -> str:
        return f"Statement {self.id or self.number}"


class CamtReader:
    """Reads one camt message. `format` is its full name; `records()` streams from the start of the file.

    Raises NotReadable at once when the file is no such message.
    """

    def __init__(self, message: Message, file: BinaryIO, limits: Limits) -> None:
        self.message = message
        self.file = file
        self.limits = limits
        self.opening_warnings: list[str] = []
        self.format = self._identify()

    def _identify(self) -> str:
        self.file.seek(0)
        head = self.file.read(64 * 1024)
        if not is_xml(head):
            raise NotReadable(f"The file is {what_is(head) or 'no XML'}, not a {self.message.name} message.")
        path: list[str] = []
        for event, element in xml_events(self.file):
            if event != "start":
                break
            path.append(local_name(element))
            if self._is_container(path[-1]):
                return self._format_of(namespace(element))
            if len(path) > 6:
                break
        raise NotReadable(f"The file is {what_is(head)}, not a {self.message.name} message.")

    def _format_of(self, space: str) -> str:
        found = re.search(r"camt\.\d{3}\.\d{3}\.\d{2}", space)
        if found is None:
            said = f"the namespace {space!r} instead" if space else "no namespace"
            self.opening_warnings.append(
                f"The message has {said} of its ISO 20022 version; it was read by its names."
            )
            return self.message.name
        if not found[0].startswith(self.message.name):
            self.opening_warnings.append(
                f"The namespace says {found[0]}, the content is {self.message.name}."
            )
        elif int(found[0][-2:]) > self.message.newest:
            self.opening_warnings.append(
                f"{found[0]} is newer than the versions we know; check what was read."
            )
        return found[0]

    def records(self) -> Iterator[Record]:
        """Every statement, before its lines; lines in file order; warnings where they are found."""
        yield from (FileWarning(text) for text in self.opening_warnings)
        path: list[str] = []
        opened: _Open | None = None
        details: list[Details] = []
        notes = _Notes()
        statements = entries = 0
        for event, element in xml_events(self.file):
            name = local_name(element)
            if event == "start":
                path.append(name)
                if (
                    name == self.message.statement
                    and opened is None
                    and self._is_container(path[-2] if len(path) > 1 else "")
                ):
                    statements += 1
                    opened = _Open(statements)
                continue
            path.pop()
            parent = path[-1] if path else ""
            if opened is None:
                continue
            if name == self.message.statement and self._is_container(parent):
                yield from self._closed(opened, notes)
                opened = None
                let_go(element)
            elif parent == self.message.statement:
                opened.seen.add(name)
                opened.place = _place(_STATEMENT_ORDER, name, opened.place, self.message.statement, notes)
                if name == "Ntry":
                    entries += 1
                    if opened.head is None:
                        opened.head = self._head(opened)
                        yield opened.head
                    yield self._entry(element, entries, details, opened, notes)
                    details = []
                else:
                    try:
                        self._part(name, element, opened)
                    except ValueError as problem:
                        notes.add("part", f"{opened.label}, {name}: {problem}")
                let_go(element)
            elif name == "TxDtls" and "Ntry" in path:
                details.append(details_of(element, len(details) < self.limits.xml_details))
                let_go_of_kind(element)
        if not statements:
            raise NotReadable(
                f"The {self.format} message holds no statement ({self.message.statement}): nothing to read."
            )
        yield from notes.warnings()

    def _is_container(self, name: str) -> bool:
        # Version 1 carried its version in the name of the element.
        return name in (self.message.container, f"{self.message.container}V01")

    # Parts of a statement

    def _part(self, name: str, element: etree._Element, opened: _Open) -> None:
        if name == "Id":
            opened.id = (element.text or "").strip()
        elif name in ("LglSeqNb", "ElctrncSeqNb"):
            opened.sequence = (element.text or "").strip() or opened.sequence
        elif name == "FrToDt":
            opened.begins = date_of(element, "FrDtTm") or date_of(element, "FrDt")
            opened.ends = date_of(element, "ToDtTm") or date_of(element, "ToDt")
        elif name == "Acct":
            opened.account = text_at(element, "Id", "IBAN") or text_at(element, "Id", "Othr", "Id")
            opened.account = (
                opened.account or text_at(element, "Id", "PrtryAcct", "Id") or text_at(element, "Id", "BBAN")
            )
            opened.currency = text_at(element, "Ccy")
        elif name == "Bal":
            self._balance(element, opened)
        elif name == "TxsSummry":
            for each in element:
                count, total = text_at(each, "NbOfNtries"), text_at(each, "Sum")
                if local_name(each) in ("TtlNtries", "TtlCdtNtries", "TtlDbtNtries"):
                    opened.summary[local_name(each)] = (
                        int(count) if count.isdigit() else None,
                        amount_of(total) if total else None,
                    )

    def _balance(self, element: etree._Element, opened: _Open) -> None:
        code = text_at(element, "Tp", "CdOrPrtry", "Cd") or text_at(element, "Tp", "Cd")
        found = amount_of(text_at(element, "Amt"))
        amount = next((child for child in element if local_name(child) == "Amt"), None)
        if found is None or amount is None:
            return
        if text_at(element, "CdtDbtInd") == "DBIT":
            found = found.copy_negate()
        day = date_of(element, "Dt")
        # Of several opening balances (interim pages) the first counts, of several closing ones the last.
        if code not in opened.balances or code == "CLBD":
            opened.balances[code] = (found, amount.get("Ccy", ""), day)

    def _head(self, opened: _Open) -> Statement:
        first = opened.balances.get("OPBD") or opened.balances.get("PRCD")
        last = opened.balances.get("CLBD")
        opened.currency = opened.currency or (first or last or (None, "", None))[1]
        return Statement(
            account=opened.account or None,
            currency=opened.currency or None,
            opening=first[0] if first else None,
            closing=last[0] if last else None,
            opened_on=opened.begins or (first[2] if first else None),
            closed_on=opened.ends or (last[2] if last else None),
            number=opened.sequence or None,
        )

    def _entry(
        self, element: etree._Element, number: int, details: list[Details], opened: _Open, notes: _Notes
    ) -> StatementLine | RejectedLine:
        place = 0
        for child in element:
            place = _place(_ENTRY_ORDER, local_name(child), place, "Ntry", notes)
        line = entry_line(element, number, details, notes.add)
        if isinstance(line, StatementLine):
            line = self._with_own_id(line, opened, notes)
        direction = text_at(element, "CdtDbtInd")
        opened.entries[direction] += 1
        if isinstance(line, StatementLine):
            opened.sums[direction] = EXACT.add(opened.sums[direction], line.amount.copy_abs())
            if opened.currency and line.currency != opened.currency:
                opened.other_currency += 1
            elif line.status == "success":
                opened.net = EXACT.add(opened.net, line.amount)
        return line

    def _with_own_id(self, line: StatementLine, opened: _Open, notes: _Notes) -> StatementLine:
        """Some banks give several entries of a statement one reference; each still needs an id of its own,
        or the second would be taken for the first one again. The raw row keeps what the bank wrote."""
        if not line.provider_ref:
            return line
        if len(opened.references) >= REMEMBERED:
            opened.references.clear()
        opened.references[line.provider_ref] += 1
        count = opened.references[line.provider_ref]
        if count == 1:
            return line
        own = f"{line.provider_ref}#{count}"
        notes.add(
            "same reference",
            f"Entry {line.line} has the bank reference {line.provider_ref} of an entry before it; it is kept "
            f"apart as {own}.",
        )
        return replace(line, provider_ref=own)

    def _closed(self, opened: _Open, notes: _Notes) -> Iterator[Record]:
        if opened.head is None:
            opened.head = self._head(opened)
            yield opened.head
        head = opened.head
        for missing in ("Id", "CreDtTm", "Acct", "Bal"):
            if missing not in opened.seen and not (missing == "Bal" and self.message is not CAMT053):
                notes.add("missing", f"{opened.label} has no {missing}, which the schema asks for.")
        yield from (FileWarning(text) for text in self._ties(opened, head))
        yield from (FileWarning(text) for text in _summary_differences(opened))
        if head.opening is None or head.closing is None:
            late = self._head(opened)
            if (late.opening, late.closing) != (head.opening, head.closing):
                yield FileWarning(f"{opened.label} has balances after its entries; they were not used.")

    def _ties(self, opened: _Open, head: Statement) -> Iterator[str]:
        if opened.other_currency:
            yield (
                f"{opened.label}: entries in another currency than the account's {head.currency} "
                f"({opened.other_currency}) are left out of the balance check."
            )
        if head.opening is None or head.closing is None:
            return
        first, last = opened.balances.get("OPBD") or opened.balances["PRCD"], opened.balances["CLBD"]
        if first[1] != last[1]:
            opens, closes = first[1] or "no currency", last[1] or "no currency"
            yield f"{opened.label} opens in {opens} and closes in {closes}."
        made = EXACT.add(head.opening, opened.net)
        if made != head.closing:
            yield (
                f"{opened.label} does not tie: opening {plain_text(head.opening)} and entries of "
                f"{plain_text(opened.net)} make {plain_text(made)} {head.currency or 'XXX'}, but it closes "
                f"at {plain_text(head.closing)}."
            )


def _place(order: dict[str, int], name: str, before: int, inside: str, notes: _Notes) -> int:
    """The place of child `name`, noting an unknown one and one behind what the schema puts after it."""
    place = order.get(name)
    if place is None:
        notes.add("unknown", f"{name} is no part of {inside} in the schema; it stays in the raw row only.")
        return before
    if place < before:
        notes.add("order", f"{name} stands at the wrong place in {inside}.")
    return max(place, before)


def _summary_differences(opened: _Open) -> Iterator[str]:
    """The statement's own counts and sums against its entries, each as one sentence with both figures."""
    both = EXACT.add(opened.sums["CRDT"], opened.sums["DBIT"])
    ours = {
        "TtlNtries": ("entries", sum(opened.entries.values()), both),
        "TtlCdtNtries": ("credits", opened.entries["CRDT"], opened.sums["CRDT"]),
        "TtlDbtNtries": ("debits", opened.entries["DBIT"], opened.sums["DBIT"]),
    }
    for name, (count, total) in opened.summary.items():
        what, our_count, our_total = ours[name]
        if count is not None and count != our_count:
            yield f"{opened.label} states {count} {what} and holds {our_count}."
        if total is not None and total.copy_abs() != our_total:
            yield f"{opened.label} states {what} of {plain_text(total)} and holds {plain_text(our_total)}."


class _Notes:
    """Remarks that may repeat in every entry: the first few are said, the rest counted."""

    def __init__(self) -> None:
        self.found: dict[str, Counter[str]] = {}

    def add(self, about: str, text: str) -> None:
        counts = self.found.setdefault(about, Counter())
        if text in counts or len(counts) < 100:
            counts[text] += 1

    def warnings(self) -> Iterator[FileWarning]:
        for counts in self.found.values():
            for text, count in list(counts.items())[:SHOWN]:
                yield FileWarning(text if count == 1 else f"{text} ({count} times)")
            if len(counts) > SHOWN:
                more = len(counts) - SHOWN
                yield FileWarning(f"{more} more remark{'s' if more > 1 else ''} like the last one.")
