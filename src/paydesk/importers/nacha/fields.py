"""The fields of each record by their columns, as frozen values. Amounts are whole cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from paydesk.importers.nacha.codes import TransactionCode
from paydesk.importers.nacha.splitting import FILLER

_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)


@dataclass(frozen=True, slots=True)
class FileHeader:
    """Record 1: from whom to whom, when made."""

    line: int
    destination: str
    origin: str
    created_on: date | None
    created: str
    modifier: str
    destination_name: str
    origin_name: str
    reference: str


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """Record 5. The three currency and country fields are only of international batches."""

    line: int
    service_class: str
    company_name: str
    company_id: str
    entry_class: str
    description: str
    descriptive_date: str
    effective_on: date | None
    settled_on: date | None
    bank: str
    number: str
    is_international: bool = False
    country: str = ""
    from_currency: str = ""
    to_currency: str = ""

    @property
    def is_reversal(self) -> bool:
        """The word the rules set aside for entries that take others back."""
        return self.description.upper() == "REVERSAL"

    @property
    def short(self) -> str:
        """The number without the zeros in front."""
        return self.number.lstrip("0") or self.number or "without a number"


@dataclass(slots=True)
class Entry:
    """Record 6 with its addenda. `amount` in cents, unsigned; `code` says to which side.

    `reference` is the originator's own number for the receiver or item, `name` the receiver.
    `sequence` is what the seven last columns of its addenda repeat.
    """

    line: int
    batch: BatchHeader | None
    code: str
    kind: TransactionCode
    routing: str
    account: str
    amount: int
    reference: str
    name: str
    indicator: str
    trace: str
    raw: str
    stated_addenda: int | None = None
    card_number: str = ""
    addenda: list[str] = field(default_factory=list)
    addenda_lines: int = 0


@dataclass(frozen=True, slots=True)
class Control:
    """Record 8 or 9: what the file says it holds. None where the columns hold no number."""

    line: int
    entries: int | None
    routing_sum: int | None
    debit: int | None
    credit: int | None
    service_class: str = ""
    company_id: str = ""
    bank: str = ""
    number: str = ""
    batches: int | None = None
    blocks: int | None = None


def words(text: str) -> str:
    """The text of a field: no filler, no blanks around it, single blanks inside."""
    return " ".join(text.replace(FILLER, "").split())


def number_in(text: str) -> int | None:
    """A whole number of digits alone; blanks around it are tolerated, an empty field is none."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() else None


def date_in(text: str) -> date | None:
    """YYMMDD of this century (of the last from 80 on); None for blanks, zeros and what is no date."""
    if not (text.isascii() and text.isdigit() and len(text) == 6):
        return None
    year = int(text[:2])
    try:
        return date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def day_of_year(text: str, near: date | None) -> date | None:
    """The settlement date from its day of the year (001-366), in the year that brings it nearest `near`."""
    number = number_in(text)
    if not number or number > 366 or near is None:
        return None
    days = [
        date(year, 1, 1) + timedelta(days=number - 1) for year in (near.year - 1, near.year, near.year + 1)
    ]
    return min(days, key=lambda day: abs((day - near).days))


@lru_cache(maxsize=4096)
def check_digit_of(routing: str) -> str:
    """The ninth digit that the eight digits `routing` ask for."""
    return str(-sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, routing, strict=True)) % 10)


def file_header(line: int, text: str) -> FileHeader:
    return FileHeader(
        line, destination=text[3:13].strip(), origin=text[13:23].strip(), created_on=date_in(text[23:29]),
        created=text[23:33].strip(), modifier=text[33].strip(), destination_name=words(text[40:63]),
        origin_name=words(text[63:86]), reference=words(text[86:94]),
    )  # fmt: skip


def batch_header(line: int, text: str, created_on: date | None) -> BatchHeader:
    entry_class = text[50:53].upper()
    effective_on = date_in(text[69:75])
    is_international = entry_class == "IAT" or text[4:20].rstrip() == "IATCOR"
    return BatchHeader(
        line, service_class=text[1:4], company_name="" if is_international else words(text[4:20]),
        company_id=text[40:50].strip(), entry_class=entry_class, description=words(text[53:63]),
        descriptive_date="" if is_international else words(text[63:69]), effective_on=effective_on,
        settled_on=day_of_year(text[75:78], effective_on or created_on), bank=text[79:87],
        number=text[87:94].strip(), is_international=is_international,
        country=text[38:40].strip() if is_international else "",
        from_currency=text[63:66].upper() if is_international else "",
        to_currency=text[66:69].upper() if is_international else "",
    )  # fmt: skip


def entry(line: int, text: str, batch: BatchHeader | None, kind: TransactionCode, amount: int) -> Entry:
    """An ordinary entry; the fields between amount and trace have other meanings in some classes."""
    reference, name, count, card = words(text[39:54]), words(text[54:76]), None, ""
    entry_class = batch.entry_class if batch else ""
    if entry_class in _WITH_COUNT and (count := number_in(text[54:58])) is not None:
        name = words(text[58:74])
    elif entry_class in ("CIE", "MTE") and any(letter.isalpha() for letter in text[39:54]):
        reference, name = words(text[61:76]), words(text[39:61])
    elif entry_class == "POP":
        reference = words(text[39:48])
    elif entry_class in ("TRC", "XCK"):
        name = ""
    elif entry_class == "SHR":
        reference = words(text[43:54])
        if text[54:76].strip().isdigit():
            card, name = text[54:76].strip(), ""
    return Entry(
        line, batch, text[1:3], kind, text[3:12], words(text[12:29]), amount, reference, name, text[78],
        text[79:94], text, count, card,
    )  # fmt: skip


def international_entry(
    line: int, text: str, batch: BatchHeader | None, kind: TransactionCode, amount: int
) -> Entry:
    """An IAT entry: the count of its addenda before the amount, the account behind it, the name in them."""
    return Entry(
        line, batch, text[1:3], kind, text[3:12], words(text[39:74]), amount, "", "", text[78],
        text[79:94], text, number_in(text[12:16]),
    )  # fmt: skip


def advice_entry(
    line: int, text: str, batch: BatchHeader | None, kind: TransactionCode, amount: int
) -> Entry:
    """An accounting advice: twelve digits of amount two columns earlier, and no trace number."""
    return Entry(
        line, batch, text[1:3], kind, text[3:12], words(text[12:27]), amount, words(text[39:48]),
        words(text[54:76]), text[78], "", text,
    )  # fmt: skip


def batch_control(line: int, text: str, *, advices: bool) -> Control:
    debit, credit = (text[20:40], text[40:60]) if advices else (text[20:32], text[32:44])
    return Control(
        line, number_in(text[4:10]), number_in(text[10:20]), number_in(debit), number_in(credit), text[1:4],
        "" if advices else text[44:54].strip(), text[79:87], text[87:94].strip(),
    )  # fmt: skip


def file_control(line: int, text: str, *, advices: bool) -> Control:
    debit, credit = (text[31:51], text[51:71]) if advices else (text[31:43], text[43:55])
    return Control(
        line, number_in(text[13:21]), number_in(text[21:31]), number_in(debit), number_in(credit),
        batches=number_in(text[1:7]), blocks=number_in(text[7:13]),
    )  # fmt: skip


_WITH_COUNT = frozenset({"CTX", "ATX", "ENR", "TRX"})
