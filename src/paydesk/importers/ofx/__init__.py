"""OFX and QFX (Quicken): SGML (1.x) and XML (2.x) statements of bank accounts, credit cards, investment cash.

One line per STMTTRN, by the sign of its amount. Line numbers are transaction numbers, because one line may
hold a whole file. The ledger balance is the closing balance; OFX states no opening one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.ofx.header import Header, header_of, is_ofx
from paydesk.importers.ofx.statements import OTHERS, Head, Opened, Row, Survey, parts, survey
from paydesk.importers.ofx.transactions import KNOWN_TYPES, MEANS_IN, MEANS_OUT, Days, transaction_line
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import FileWarning, NotReadable, Record, StatementLine

REMEMBERED = 200_000
LISTED = 3


class Ofx:
    """The importer for OFX and QFX."""

    name = "ofx"
    about = About(
        title="OFX / QFX statement (Money, Quicken)",
        provider="banks and card issuers",
        sources=("official", "samples"),
        source="OFX specifications 1.0.3, 1.6 and 2.2; 22 real and test files of American, Canadian, French, "
        "Brazilian, Australian and British banks.",
        sure="high",
        versions="1.x (SGML) and 2.x (XML), with or without a header",
        known_missing=(
            "Purchases and sales of securities in investment statements are counted, not read; their cash "
            "movements (INVBANKTRAN) are read.",
            "Loan statements, transfers, bill payments and tax forms are named, not read.",
            "A converted transaction keeps its own currency in the raw row: OFX gives a rate, no amount.",
        ),
    )

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return is_ofx(head)

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield each Statement before its lines. Raises NotReadable for a damaged file or one without any."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        header = header_of(file)
        found = survey(parts(file, header.encoding, self.limits.line_chars))
        if not found.heads:
            raise NotReadable(_why_nothing(found))
        name = f"{self.name}.{header.version}" if header.version else self.name
        return Prepared(name, None, lambda: self._records(file, header, found))

    def _records(self, file: BinaryIO, header: Header, found: Survey) -> Iterator[Record]:
        yield from (FileWarning(text) for text in _about_the_file(header, found))
        notes = _Notes()
        days = Days()
        number = 0
        currency = "XXX"
        seen: Counter[str] = Counter()
        for part in parts(file, header.encoding, self.limits.line_chars):
            if isinstance(part, Opened):
                head = found.heads[part.place - 1]
                currency = head.statement.currency or "XXX"
                seen = Counter()
                yield head.statement
            elif isinstance(part, Row):
                number += 1
                line = transaction_line(number, part.element, part.fields, currency, days)
                if isinstance(line, StatementLine):
                    line = _with_own_id(line, seen, notes)
                    notes.look_at(line, part.element, currency)
                yield line
        for place, head in enumerate(found.heads, start=1):
            yield from (FileWarning(text) for text in _about_the_head(head, place, len(found.heads)))
        yield from (FileWarning(text) for text in notes.texts())


def _with_own_id(line: StatementLine, seen: Counter[str], notes: _Notes) -> StatementLine:
    """Some banks give several transactions one FITID; each still needs an id of its own, or the second
    would be taken for the first one again. The raw row keeps what the bank wrote."""
    if not line.provider_ref:
        notes.add("without id", line.line)
        return line
    if len(seen) >= REMEMBERED:
        seen.clear()
    seen[line.provider_ref] += 1
    if seen[line.provider_ref] == 1:
        return line
    notes.add("same id", line.line)
    return replace(line, provider_ref=f"{line.provider_ref}#{seen[line.provider_ref]}")


class _Notes:
    """Remarks that repeat from transaction to transaction: how many, and the first few of them."""

    SAYS = {
        "without id": "{} no id of the bank (FITID), so nothing shows when it comes a second time",
        "same id": "{} the id (FITID) of one before in the statement; they are kept apart with #2, #3",
        "sign": "{} a type that says the other direction than the sign of the amount; the sign was taken",
        "type": "{} a type (TRNTYPE) that OFX does not know; the sign was taken",
        "currency": "{} an amount in another currency than the account's",
        "correction": "{} a correction of an earlier one (CORRECTFITID); look at both",
        "pending": "{} not booked yet (pending)",
    }

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, list[int]] = {}

    def add(self, about: str, number: int) -> None:
        self.counts[about] += 1
        if self.counts[about] <= LISTED:
            self.first.setdefault(about, []).append(number)

    def look_at(self, line: StatementLine, element: str, currency: str) -> None:
        type_ = line.channel.upper()
        if line.amount > 0 and type_ in MEANS_OUT or line.amount < 0 and type_ in MEANS_IN:
            self.add("sign", line.line)
        if type_ not in KNOWN_TYPES and element == "STMTTRN":
            self.add("type", line.line)
        if line.currency != currency and currency != "XXX":
            self.add("currency", line.line)
        if line.status == "pending":
            self.add("pending", line.line)
        if "CORRECTFITID" in line.raw:
            self.add("correction", line.line)

    def texts(self) -> Iterator[str]:
        for about, count in self.counts.items():
            numbers = ", ".join(map(str, self.first[about]))
            more = f" and {count - LISTED:,} more" if count > LISTED else ""
            verb = "is" if about == "pending" else "has"
            verb = {("is", True): "are", ("has", True): "have"}.get((verb, count > 1), verb)
            who = f"Transaction{'s' if count > 1 else ''} {numbers}{more} {verb}"
            yield self.SAYS[about].format(who) + "."


def _why_nothing(found: Survey) -> str:
    if found.errors:
        return f"The bank answered with an error instead of a statement: {'; '.join(found.errors)}."
    if found.requests:
        return "The OFX file is a request to a bank, not its answer: it holds no statement."
    if found.others:
        return f"The OFX file holds no statement, only {_listed(found.others)}."
    return "The OFX file holds no statement, only the answer to a sign-on."


def _listed(others: Counter[str]) -> str:
    return " and ".join(
        OTHERS[name] + (f" ({count} entries)" if count > 1 else "") for name, count in others.items()
    )


def _about_the_file(header: Header, found: Survey) -> Iterator[str]:
    yield from header.warnings
    for error in found.errors:
        yield f"For one of the accounts asked for the bank answered with an error: {error}."
    for name, count in found.unclosed.items():
        times = f" ({count} times)" if count > 1 else ""
        yield f"{name} is not closed in the file{times}; it was taken to end where what is around it ends."
    if found.others:
        yield f"The file also holds {_listed(found.others)}, which is not read."


def _about_the_head(head: Head, place: int, count: int) -> Iterator[str]:
    which = f"Statement {place}" if count > 1 else "The statement"
    yield from (f"{which}: {problem}" for problem in head.problems[:LISTED])
    if head.securities:
        total = sum(head.securities.values())
        kinds = ", ".join(f"{name} {number:,}" for name, number in head.securities.most_common(6))
        plural = "s" if total > 1 else ""
        yield f"{which} holds {total:,} movement{plural} of securities ({kinds}), not read."
    closed = head.statement.closed_on
    if head.as_of and closed and head.statement.closing is not None and abs((head.as_of - closed).days) > 1:
        yield (
            f"{which} lists transactions until {closed}, but its balance is of {head.as_of}: it need not "
            "be the balance after the last of them."
        )
