"""The statement of a camt message while it is read: its head, its claims, and what does not agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxml import etree

from paydesk.importers.amounts import plain_text
from paydesk.importers.camt.notes import Notes
from paydesk.importers.records import EXACT, Statement, StatementLine
from paydesk.importers.safe_xml import local_name
from paydesk.importers.xml_rows import amount_of, date_of, text_at

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
STATEMENT_ORDER = {name: place for place, name in enumerate(_STATEMENT_PARTS)}
ENTRY_ORDER = {name: place for place, name in enumerate(_ENTRY_PARTS)}


@dataclass
class OpenStatement:
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

    def take_part(self, name: str, element: etree._Element) -> None:
        """Take in a part that is no entry. Raises ValueError for one that cannot be read."""
        if name == "Id":
            self.id = (element.text or "").strip()
        elif name in ("LglSeqNb", "ElctrncSeqNb"):
            self.sequence = (element.text or "").strip() or self.sequence
        elif name == "FrToDt":
            self.begins = date_of(element, "FrDtTm") or date_of(element, "FrDt")
            self.ends = date_of(element, "ToDtTm") or date_of(element, "ToDt")
        elif name == "Acct":
            self.account = text_at(element, "Id", "IBAN") or text_at(element, "Id", "Othr", "Id")
            self.account = (
                self.account or text_at(element, "Id", "PrtryAcct", "Id") or text_at(element, "Id", "BBAN")
            )
            self.currency = text_at(element, "Ccy")
        elif name == "Bal":
            self._balance(element)
        elif name == "TxsSummry":
            for each in element:
                count, total = text_at(each, "NbOfNtries"), text_at(each, "Sum")
                if local_name(each) in ("TtlNtries", "TtlCdtNtries", "TtlDbtNtries"):
                    self.summary[local_name(each)] = (
                        int(count) if count.isdigit() else None,
                        amount_of(total) if total else None,
                    )

    def _balance(self, element: etree._Element) -> None:
        code = text_at(element, "Tp", "CdOrPrtry", "Cd") or text_at(element, "Tp", "Cd")
        found = amount_of(text_at(element, "Amt"))
        amount = next((child for child in element if local_name(child) == "Amt"), None)
        if found is None or amount is None:
            return
        if text_at(element, "CdtDbtInd") == "DBIT":
            found = found.copy_negate()
        day = date_of(element, "Dt")
        # Of several opening balances (interim pages) the first counts, of several closing ones the last.
        if code not in self.balances or code == "CLBD":
            self.balances[code] = (found, amount.get("Ccy", ""), day)

    def made_head(self) -> Statement:
        """The head from what was read so far."""
        first = self.balances.get("OPBD") or self.balances.get("PRCD")
        last = self.balances.get("CLBD")
        self.currency = self.currency or (first or last or (None, "", None))[1]
        return Statement(
            account=self.account or None,
            currency=self.currency or None,
            opening=first[0] if first else None,
            closing=last[0] if last else None,
            opened_on=self.begins or (first[2] if first else None),
            closed_on=self.ends or (last[2] if last else None),
            number=self.sequence or None,
        )

    def count(self, direction: str, line: StatementLine | None) -> None:
        """Count one entry; `line` is None where it was rejected."""
        self.entries[direction] += 1
        if line is None:
            return
        self.sums[direction] = EXACT.add(self.sums[direction], line.amount.copy_abs())
        if self.currency and line.currency != self.currency:
            self.other_currency += 1
        elif line.status == "success":
            self.net = EXACT.add(self.net, line.amount)

    def differences(self) -> Iterator[str]:
        """What the statement says of itself and its entries do not make, with both figures."""
        yield from self._ties()
        yield from _summary_differences(self)
        head = self.head
        if head is not None and (head.opening is None or head.closing is None):
            late = self.made_head()
            if (late.opening, late.closing) != (head.opening, head.closing):
                yield f"{self.label} has balances after its entries; they were not used."

    def _ties(self) -> Iterator[str]:
        head = self.head or self.made_head()
        if self.other_currency:
            yield (
                f"{self.label}: entries in another currency than the account's {head.currency} "
                f"({self.other_currency}) are left out of the balance check."
            )
        if head.opening is None or head.closing is None:
            return
        first, last = self.balances.get("OPBD") or self.balances["PRCD"], self.balances["CLBD"]
        if first[1] != last[1]:
            opens, closes = first[1] or "no currency", last[1] or "no currency"
            yield f"{self.label} opens in {opens} and closes in {closes}."
        made = EXACT.add(head.opening, self.net)
        if made != head.closing:
            yield (
                f"{self.label} does not tie: opening {plain_text(head.opening)} and entries of "
                f"{plain_text(self.net)} make {plain_text(made)} {head.currency or 'XXX'}, but it closes "
                f"at {plain_text(head.closing)}."
            )


def place_of(order: dict[str, int], name: str, before: int, inside: str, notes: Notes) -> int:
    """The place of child `name`, noting an unknown one and one behind what the schema puts after it."""
    place = order.get(name)
    if place is None:
        notes.add("unknown", f"{name} is no part of {inside} in the schema; it stays in the raw row only.")
        return before
    if place < before:
        notes.add("order", f"{name} stands at the wrong place in {inside}.")
    return max(place, before)


def _summary_differences(opened: OpenStatement) -> Iterator[str]:
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
