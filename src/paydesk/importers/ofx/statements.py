"""The statements of an OFX file: which there are, what their heads say, then their transactions in order.

The file is walked twice: once for the heads, because balances stand after the transactions, and for damage,
so that a file cut off anywhere is refused before a row of it is used; then for the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from paydesk.importers.ofx.tags import Tag, tags
from paydesk.importers.ofx.transactions import ofx_amount, ofx_moment
from paydesk.importers.records import NotReadable, Statement
from paydesk.kernel.card_numbers import masked

STATEMENTS = {"STMTRS": "bank account", "CCSTMTRS": "credit card", "INVSTMTRS": "investment account"}
TRANSACTIONS = frozenset({"STMTTRN", "STMTTRNP"})
LISTS = frozenset({"BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST"})
ACCOUNTS = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})
NESTED = frozenset({"CURRENCY", "ORIGCURRENCY", "PAYEE", "BANKACCTTO", "CCACCTTO", "EXTDPAYEE", "IMAGEDATA"})
# Elements that hold others. Only these are followed: an empty optional tag without its end does no harm.
STRUCTURE = frozenset({
    "OFX", *STATEMENTS, *TRANSACTIONS, *LISTS, *ACCOUNTS, "LEDGERBAL", "AVAILBAL", "STATUS", "SONRS",
    "INVBANKTRAN",
})  # fmt: skip
SECURITIES = frozenset({
    "BUYDEBT", "BUYMF", "BUYOPT", "BUYOTHER", "BUYSTOCK", "CLOSUREOPT", "INCOME", "INVEXPENSE",
    "JRNLFUND", "JRNLSEC", "MARGININTEREST", "REINVEST", "RETOFCAP", "SELLDEBT", "SELLMF", "SELLOPT",
    "SELLOTHER", "SELLSTOCK", "SPLIT", "TRANSFER",
})  # fmt: skip
# What else an OFX file may hold, and what it is for people.
OTHERS = {
    "LOANSTMTRS": "a loan statement", "AMRTSTMTRS": "an amortising loan statement",
    "ACCTINFO": "a list of accounts",
    "INTRARS": "a transfer", "INTERRS": "a transfer between banks", "PMTRS": "a bill payment",
    "STPCHKRS": "a stopped cheque", "PROFRS": "a profile of the bank", "TAX1099RS": "a tax form",
    "CHKORDERRS": "an order of cheques",
}  # fmt: skip
MOST_ERRORS = 5


@dataclass(slots=True)
class Opened:
    """A statement begins."""

    place: int


@dataclass(slots=True)
class Row:
    """A transaction, its fields by path; a field that stands twice has "[2]" behind its name."""

    element: str
    fields: dict[str, str]


@dataclass(slots=True)
class Value:
    """A single value: the element around it, its name, its text."""

    within: str
    name: str
    text: str


@dataclass(slots=True)
class Closed:
    """An element that holds others ends."""

    name: str


@dataclass(slots=True)
class Unclosed:
    """An element that holds others ends because the one around it does; some banks forget its closing tag."""

    name: str


Part = Opened | Row | Value | Closed | Unclosed


def parts(file: BinaryIO, encoding: str, longest: int) -> Iterator[Part]:
    """The parts of the file in order. Raises NotReadable where it is damaged."""
    return _parts(tags(file, encoding, longest))


def _parts(found: Iterator[Tag]) -> Iterator[Part]:
    stack = ["OFX"]
    statements = rows = 0
    outside = False  # transactions without a statement around them
    for closes, name, text in found:
        if not stack:
            break
        if closes:
            if name not in STRUCTURE:
                continue
            if name not in stack:
                raise _damage(f"</{name}> stands where </{stack[-1]}> is missing", rows)
            while stack[-1] != name:
                yield Unclosed(stack.pop())
            stack.pop()
            yield Closed(name)
        elif name in TRANSACTIONS:
            if not text and stack[-1] not in TRANSACTIONS:
                if not outside and not any(each in STATEMENTS for each in stack):
                    outside = True
                    statements += 1
                    yield Opened(statements)
                yield Row(name, _fields(found, name, rows))
                rows += 1
            else:
                raise _damage(f"<{name}> stands inside another", rows)
        elif name in STRUCTURE and not text:
            stack.append(name)
            if name in STATEMENTS:
                statements += 1
                outside = False
                yield Opened(statements)
        else:
            yield Value(stack[-1], name, text)
    if stack:
        raise _damage(f"it ends inside {stack[-1]}", rows)


def _fields(found: Iterator[Tag], end: str, rows: int) -> dict[str, str]:
    """The fields of a transaction up to its closing tag."""
    fields: dict[str, str] = {}
    inside = ""
    for closes, name, text in found:
        if closes:
            if name == end:
                return fields
            if name + "/" == inside:
                inside = ""
            elif name in STRUCTURE:
                raise _damage(f"</{name}> stands where </{end}> is missing", rows)
        elif name in STRUCTURE and not text:
            raise _damage(f"<{name}> stands where </{end}> is missing", rows)
        elif text:
            path = inside + name
            if path in fields:
                path += "[2]"
            fields[path] = text
        elif name in NESTED:
            inside = name + "/"
    raise _damage(f"it ends inside {end}", rows)


def _damage(what: str, rows: int) -> NotReadable:
    after = f" after {rows:,} transaction{'' if rows == 1 else 's'}" if rows else ""
    return NotReadable(f"The OFX file is damaged or cut off{after}: {what}. Export it again.")


@dataclass(slots=True)
class Head:
    """What one statement says about itself; texts as they stand in the file."""

    statement: Statement = field(default_factory=Statement)
    as_of: date | None = None
    transactions: int = 0
    securities: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Survey:
    """What the first walk found: the heads in order, what the server said was wrong, what else there is."""

    heads: list[Head] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    unclosed: Counter[str] = field(default_factory=Counter)
    requests: int = 0


def survey(found: Iterator[Part]) -> Survey:
    """Walk the whole file once. Raises NotReadable where it is damaged."""
    seen = Survey()
    status: dict[str, str] = {}
    for part in found:
        if isinstance(part, Row):
            seen.heads[-1].transactions += 1
        elif isinstance(part, Opened):
            seen.heads.append(Head())
        elif isinstance(part, Closed):
            if part.name == "STATUS":
                _keep_error(seen, status)
                status = {}
        elif isinstance(part, Unclosed):
            seen.unclosed[part.name] += 1
        elif part.within == "STATUS":
            status[part.name] = part.text
        elif part.text:
            if seen.heads:
                _keep(seen.heads[-1], part)
        elif part.name in OTHERS:
            seen.others[part.name] += 1
        elif part.name in SECURITIES and seen.heads:
            seen.heads[-1].securities[part.name] += 1
        elif part.name.endswith("MSGSRQV1"):
            seen.requests += 1
    return seen


def _keep_error(seen: Survey, status: dict[str, str]) -> None:
    if status.get("SEVERITY", "").upper() == "ERROR" and len(seen.errors) < MOST_ERRORS:
        said = status.get("MESSAGE", "")
        seen.errors.append(f"{status.get('CODE', '')} {said}".strip()[:200] or "no reason given")


def _keep(head: Head, part: Value) -> None:
    """Add one value to the head it stands in."""
    own = head.statement
    try:
        if part.name == "CURDEF":
            head.statement = replace(own, currency=own.currency or _currency(part.text))
        elif part.within in ACCOUNTS and part.name == "ACCTID":
            head.statement = replace(own, account=own.account or masked(part.text))
        elif part.within in LISTS and part.name == "DTSTART":
            day = ofx_moment(part.text)[0]
            head.statement = replace(own, opened_on=min(own.opened_on or day, day))
        elif part.within in LISTS and part.name == "DTEND":
            day = ofx_moment(part.text)[0]
            head.statement = replace(own, closed_on=max(own.closed_on or day, day))
        elif part.within == "LEDGERBAL" and part.name == "BALAMT":
            head.statement = replace(own, closing=_balance(part.text))
        elif part.within == "LEDGERBAL" and part.name == "DTASOF":
            head.as_of = ofx_moment(part.text)[0]
    except ValueError as problem:
        head.problems.append(f"{part.within}, {part.name}: {problem}")


def _currency(text: str) -> str:
    code = text.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise ValueError(f"{text[:20]!r} is not a currency code such as USD.")
    return code


def _balance(text: str) -> Decimal:
    return ofx_amount(text)
