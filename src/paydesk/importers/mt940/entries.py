"""One `:61:` with its `:86:` to one statement line: sign, dates, amount, kind, references, raw."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from paydesk.importers.amounts import MOST_WHOLE_DIGITS, exact_amount
from paydesk.importers.mt940.details import (
    NOTHING,
    Details,
    details_of,
    is_iban,
    is_reference,
    multicash,
    one_line,
)
from paydesk.importers.records import Kind, RejectedLine, StatementLine
from paydesk.kernel.card_numbers import card_number_in, masked, masked_row

LONGEST_TEXT = 2000
_LINE = re.compile(
    r"\s*(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>[RE]?[CD])(?P<funds>[A-Z])?\s*(?P<amount>\d+(?:[,.]\d*)?|,\d+)"
    r"\s*(?P<type>[A-Z][A-Z0-9 ]{3})?(?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
_ACCOUNT_AND_NAME = re.compile(r"(\S{1,16})\s{2,}(\S.*)")
# Identification codes (SWIFT 940, field 61 subfield 6), only where they are clear.
KINDS: dict[str, Kind] = {
    "CHG": "fee", "COM": "fee", "BRF": "fee", "TAX": "fee", "INT": "adjustment", "RTI": "reversal",
    "SWP": "sweep", "ZBA": "sweep",
}  # fmt: skip
# German transaction codes: charges, interest, returns.
GERMAN_KINDS: dict[str, Kind] = {
    "108": "reversal", "109": "reversal", "159": "reversal", "805": "fee", "808": "fee", "814": "adjustment",
}  # fmt: skip


@dataclass(slots=True)
class Entry:
    """The fields of one entry: its `:61:` and every `:86:` or `:NS:` behind it."""

    line: int
    lines: list[str]
    about: list[str] = field(default_factory=list)
    multicash: list[str] = field(default_factory=list)


class EntryReader:
    """Turns entries into lines. Remembers dates, which repeat."""

    def __init__(self) -> None:
        self._dates: dict[str, date] = {}

    def line(self, entry: Entry, currency: str) -> StatementLine | RejectedLine:
        """The line of `entry`, or why it cannot be one."""
        raw = {"61": "\n".join(entry.lines).strip()}
        if entry.about:
            raw["86"] = "\n".join(entry.about).rstrip()
        if entry.multicash:
            raw["NS"] = "\n".join(entry.multicash).rstrip()
        try:
            line = self._line(entry, currency, raw)
        except ValueError as problem:
            return RejectedLine(entry.line, f"The :61: of line {entry.line}: {problem}", masked_row(raw))
        if any(map(card_number_in, (line.text, *raw.values()))):
            return _masked(line, raw)
        return line

    def _line(self, entry: Entry, currency: str, raw: dict[str, str]) -> StatementLine:
        found = _LINE.match(entry.lines[0])
        if found is None:
            raise ValueError(
                f"{entry.lines[0][:60]!r} is not date, C or D, amount; it may be damaged or cut off."
            )
        value, entered, mark, _, amount_text, code, rest = found.groups()
        value_on = self.day(value)
        booked_on = self._booked(value_on, value, entered) if entered else value_on
        amount = self.amount(amount_text)
        credit = mark in ("C", "EC", "RD")
        customer, bank = _references(rest)
        supplement = [line.strip() for line in entry.lines[1:] if line.strip()]
        about = details_of(entry.about) if entry.about else NOTHING
        if entry.multicash:
            about = multicash(entry.multicash)
        reference, name, account = _parties(customer, supplement, about, entry.about)
        if about.structured and credit:
            reference = about.structured
        elif about.end_to_end:
            reference = about.end_to_end
        code = (code or "").strip()
        return StatementLine(
            line=entry.line,
            kind=_kind(mark, code, about, credit),
            status="pending" if mark[0] == "E" else "success",
            amount=amount if credit else amount.copy_negate(),
            currency=currency,
            reference=reference or about.structured,
            provider_ref=bank,
            batch_key=about.batch,
            account=account,
            payer_name=name,
            text=(about.text or one_line(supplement))[:LONGEST_TEXT],
            channel="/".join(part for part in (code, about.code) if part),
            booked_on=booked_on,
            value_on=value_on,
            raw=raw,
        )

    def amount(self, text: str) -> Decimal:
        """An MT940 amount, a comma for the decimals, which may be missing: "15," and ",12"."""
        if len(text) <= MOST_WHOLE_DIGITS:
            return Decimal(text.replace(",", "."))
        return exact_amount(text.replace(".", ","), ",")

    def day(self, text: str) -> date:
        """A date of six digits, year first; 30 February is its last day. Raises ValueError with the text."""
        found = self._dates.get(text)
        if found is None:
            year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
            year += 2000 if year < 80 else 1900
            # Interest is reckoned in months of 30 days, and some banks write 30 February.
            if month == 2 and day in (29, 30):
                day = monthrange(year, 2)[1]
            try:
                found = date(year, month, day)
            except ValueError as problem:
                raise ValueError(f"{text!r} is not a date (year, month, day).") from problem
            if len(self._dates) >= 5_000:
                self._dates.clear()
            self._dates[text] = found
        return found

    def _booked(self, value_on: date, value: str, entered: str) -> date:
        """The entry date, whose year is not written: the one nearest to the value date."""
        key = value + entered
        found = self._dates.get(key)
        if found is None:
            month, day = int(entered[:2]), int(entered[2:])
            near = []
            for year in (value_on.year - 1, value_on.year, value_on.year + 1):
                try:
                    near.append(date(year, month, day))
                except ValueError:
                    continue
            if not near:
                raise ValueError(f"{entered!r} is not a date (month, day).")
            found = min(near, key=lambda each: abs((each - value_on).days))
            self._dates[key] = found
        return found


def _masked(line: StatementLine, raw: dict[str, str]) -> StatementLine:
    """The line without full card numbers, also where one was wrapped in the file."""
    kept = masked_row(raw)
    if not any(map(card_number_in, raw.values())):
        kept = masked_row({tag: text.replace("\n", "") for tag, text in raw.items()})
    return replace(
        line,
        text=masked(line.text),
        reference=masked(line.reference),
        payer_name=masked(line.payer_name),
        account=masked(line.account),
        raw=kept,
    )


def _kind(mark: str, code: str, about: Details, credit: bool) -> Kind:
    if mark[0] == "R" or about.returned:
        return "reversal"
    kind = KINDS.get(code[1:]) or GERMAN_KINDS.get(about.code)
    return kind or ("payment" if credit else "payout")


def _references(rest: str) -> tuple[str, str]:
    """(the customer's reference, the bank's) of what follows the type code; words for none are none."""
    customer, _, bank = rest.partition("//")
    bank = bank.strip()
    return customer.rstrip(), bank if is_reference(bank) else ""


# Words in the place of the reference that say it stands in the :86:.
_ELSEWHERE = {"EREF", "PREF", "KREF+", "EREF+", "MREF+", "CREF", "N"}


def _parties(
    customer: str, supplement: list[str], about: Details, about_lines: list[str]
) -> tuple[str, str, str]:
    """(reference, name, account): some banks put the other side into the place of the reference."""
    name, account = about.name, about.account
    plain = customer.strip()
    if found := _ACCOUNT_AND_NAME.fullmatch(plain):
        plain, name = found[1], name or found[2].strip()
        if plain.isdigit() and len(plain) == 10:
            account, plain = account or plain, ""
    first = about_lines[0].strip() if about_lines else ""
    if supplement and plain and first == f"{plain} {supplement[0]}":
        return "", name or supplement[0], account or plain
    if supplement and not account and is_iban(supplement[0]):
        account = supplement[0]
    if not is_reference(plain) or plain in _ELSEWHERE:
        plain = ""
    return plain, name, account
