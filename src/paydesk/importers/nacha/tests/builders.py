"""ACH files put together for tests and for our samples; controls are right unless a test says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

from paydesk.importers.nacha.codes import TRANSACTION_CODES
from paydesk.importers.nacha.fields import check_digit_of

BANK = "09990000"  # no bank has it
RECEIVER = "09991111"


def head(**over: str) -> str:
    """Record 1."""
    what = {"created": "2603021415", "modifier": "A", "mark": "094101", "size": ""} | over
    return (
        f"101 {BANK}{check_digit_of(BANK)}1999999999{what['created']}{what['modifier']}{what['mark']}"
        f"{'INVENTED BANK':<23}{'INVENTED COMPANY':<23}{'':8}"
    )


def entry(code: str = "27", cents: int = 1_000, *, trace: int = 1, **over: str) -> str:
    """Record 6 of a plain class."""
    what = {
        "routing": RECEIVER + check_digit_of(RECEIVER), "account": "INVENTED-1", "reference": "INV-1",
        "name": "EXAMPLE PERSON", "mark": "  ", "indicator": "0", "amount": f"{cents:010d}",
    } | over  # fmt: skip
    return (
        f"6{code}{what['routing']}{what['account']:<17}{what['amount']}{what['reference']:<15}{what['name']:<22}"
        f"{what['mark']}{what['indicator']}{BANK}{trace:07d}"
    )


def international(code: str, cents: int, *, trace: int, addenda: int, account: str = "INVENTED-IBAN") -> str:
    """Record 6 of an international batch."""
    routing = RECEIVER + check_digit_of(RECEIVER)
    return f"6{code}{routing}{addenda:04d}{'':13}{cents:010d}{account:<35}{'':4}1{BANK}{trace:07d}"


def advice(code: str, cents: int, *, sequence: int) -> str:
    """Record 6 of accounting advices."""
    routing = RECEIVER + check_digit_of(RECEIVER)
    ends = f"{'EXAMPLE BANK':<22}  0{BANK}061{sequence:04d}"
    return f"6{code}{routing}{'INVENTED-ADV':<15}{cents:012d}{BANK}100001 {ends}"


def payment_information(text: str, *, trace: int, sequence: int = 1) -> str:
    """Addenda 05."""
    return f"705{text:<80}{sequence:04d}{trace:07d}"


def came_back(code: str, *, original: int, trace: int, info: str = "", died: str = "") -> str:
    """Addenda 99 of a return."""
    return f"799{code}{BANK}{original:07d}{died:<6}{RECEIVER}{info:<44}{RECEIVER}{trace:07d}"


def change(code: str, data: str, *, original: int, trace: int, rest: str = "") -> str:
    """Addenda 98 of a notification of change."""
    return f"798{code}{BANK}{original:07d}{'':6}{RECEIVER}{data:<29}{rest:<15}{RECEIVER}{trace:07d}"


@dataclass
class Batch:
    """A batch of `records`; `over` changes columns of header and control by name."""

    records: list[str]
    entry_class: str = "PPD"
    service: str = "200"
    description: str = "INSTALMENT"
    number: int = 1
    over: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        if self.entry_class == "IAT":
            first = f"{'':16}FF3{'':15}{'DE'}"
            dates = "USDEUR"
        else:
            first = f"{self.over.get('company', 'INVENTED CO'):<16}{'':20}"
            dates = "MAR 26"
        header = (
            f"5{self.service}{first}1999999999{self.entry_class}{self.description:<10}{dates}260303   1{BANK}"
            f"{self.number:07d}"
        )
        entries, routing, debit, credit = sums(self.records)
        if self.entry_class == "ADV":
            amounts, company = f"{debit:020d}{credit:020d}", f"{'INVENTED OPERATOR':<19}"
        else:
            amounts, company = f"{debit:012d}{credit:012d}", f"1999999999{'':25}"
        control = f"8{self.service}{entries:06d}{routing:010d}{amounts}{company}{BANK}{self.number:07d}"
        return [header, *self.records, control]


def sums(records: list[str]) -> tuple[int, int, int, int]:
    """Entries and addenda, sum of routing numbers, debit, credit of records 6 and 7."""
    routing = debit = credit = 0
    for record in records:
        kind = TRANSACTION_CODES.get(record[1:3]) if record[0] == "6" else None
        if record[0] == "6":
            routing += int(record[3:11])
        if kind is None:
            continue
        cents = int(record[27:39] if kind.action == "advice" else record[29:39])
        debit += cents if kind.books == "debit" else 0
        credit += cents if kind.books == "credit" else 0
    return len(records), routing % 10**10, debit, credit


def ach(*batches: Batch, header: str | None = None) -> list[str]:
    """The records of a whole file, its last block filled."""
    lines = [header or head()]
    for batch in batches:
        lines += batch.lines()
    entries, routing, debit, credit = sums([record for batch in batches for record in batch.records])
    blocks = -(-(len(lines) + 1) // 10)
    if all(batch.entry_class == "ADV" for batch in batches):
        amounts, rest = f"{debit:020d}{credit:020d}", ""
    else:
        amounts, rest = f"{debit:012d}{credit:012d}", ""
    lines.append(f"9{len(batches):06d}{blocks:06d}{entries:08d}{routing:010d}{amounts}{rest}".ljust(94))
    return lines + ["9" * 94] * (-len(lines) % 10)


def as_bytes(lines: list[str], encoding: str = "utf-8", end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode(encoding)
