"""One row of a table to one statement line: a mapping compiled to column places, word tables and caches."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from paydesk.importers.amounts import Amounts, plain_text
from paydesk.importers.delimited.mapping import FIELDS, Field, Mapping, header_key
from paydesk.importers.delimited.row_blocks import UnclosedRow
from paydesk.importers.delimited.tables import Table
from paydesk.importers.delimited.words import ID_ENDINGS, STATUS_WORDS
from paydesk.importers.moments import Moments
from paydesk.importers.records import (
    Kind,
    NotReadable,
    RejectedLine,
    StatementLine,
    Status,
)
from paydesk.kernel.card_numbers import MAY_HOLD, card_number_in, masked_row
from paydesk.kernel.phone_numbers import PLANS, e164_digits

ZERO = Decimal(0)
_CODE = re.compile(r"[A-Z]{3}")
_PHONE_CHARACTERS = "+0123456789*xX "
SHORTEST_PHONE = 9
SHORTEST_CARD = 13
_MANGLED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)


Said = TypeVar("Said")
Meaning = TypeVar("Meaning")
Money = tuple[Decimal, str]
When_ = tuple[datetime | None, date | None, date | None]


_TEXT_FIELDS: tuple[Field, ...] = (
    "status", "kind", "msisdn", "payer_name", "party", "text", "provider_ref", "reference", "network_ref",
    "batch_key", "account", "channel", "balance",
)  # fmt: skip


class Known(dict[Said, Meaning]):
    """What each text of a column (or the texts of several) means, worked out once for each. Bounded."""

    def __init__(self, meaning: Callable[[Said], Meaning], room: int = 5_000) -> None:
        super().__init__()
        self.meaning = meaning
        self.room = room

    def __missing__(self, text: Said) -> Meaning:
        found = self.meaning(text)
        if len(self) >= self.room:
            self.clear()
        self[text] = found
        return found


class RowReader:
    """Reads the rows of one table by one mapping. `read` never raises: a bad row becomes a RejectedLine."""

    def __init__(self, mapping: Mapping, table: Table) -> None:
        """Raises NotReadable when the mapping is incomplete or a column it needs is not in `table`."""
        if problems := mapping.problems():
            raise NotReadable(" ".join(problems))
        self.mapping = mapping
        self.names = names = table.names
        self.width = len(names)
        self.places = places_of(mapping, names)
        widths = [len(row) for _, row in table.sample(60)]
        self.short_rows_usual = sum(1 for width in widths if width < self.width) * 2 > len(widths)
        self.amounts = Amounts(mapping.decimal)
        self.moments = Moments(mapping.date_order, mapping.time_zone)
        self._directions = self._direction_words()
        known = mapping.statuses or STATUS_WORDS
        self._known_statuses: dict[str, Status] = {word.casefold(): status for word, status in known.items()}
        self.statuses = Known(self._status_of)
        self.rules: dict[str, list[tuple[str, Kind]]] = {
            when: self._rules_for(when) for when in ("in", "out")
        }
        self.rules[""] = []  # a failed row has no other kind
        self._kinds: dict[str, Known[str, str]] = {
            "in": Known(lambda text: self._kind_of(text, "in")),
            "out": Known(lambda text: self._kind_of(text, "out")),
        }
        self.free = self._free_text_places()
        self.money = self._money_reader()
        self._texts = tuple(self.places[each] for each in _TEXT_FIELDS)
        self.originals = (self.places["original_amount"], self.places["original_currency"])
        self.words_repeat = mapping.kind_match == "exact"
        self.usual_phone = _usual_phone(mapping.market)

    def read(self, line: int, row: list[str]) -> StatementLine | RejectedLine:
        """The statement line of `row`, or the rejected line with a reason a person can act on."""
        raw = dict(zip(self.names, row, strict=False))
        try:
            row = self.fitted(row)
            if self.free:
                self._check_card_numbers(row)
            return self._line(line, [*row, ""], raw)
        except ValueError as problem:
            if beyond := " | ".join(row[self.width :]).strip(" |"):
                raw["beyond the header"] = beyond
            return RejectedLine(line, str(problem), masked_row(raw))

    def _line(self, line: int, row: list[str], raw: dict[str, str]) -> StatementLine:
        # A place of -1 is a field without a column: it reads the empty cell put at the end of the row.
        (
            at_status, at_kind, at_msisdn, at_payer, at_party, at_text, at_provider_ref, at_reference,
            at_network_ref, at_batch_key, at_account, at_channel, at_balance,
        ) = self._texts  # fmt: skip
        amount, sign_currency = self.money(row)
        status = self.statuses[row[at_status]] if at_status >= 0 else "success"
        if status == "failed":
            kind, fee, note = "failed", None, ""
        else:
            kind = self.kind(row[at_kind], "out" if amount < 0 else "in")
            fee, note = self.fee(row, amount)
        occurred_at, booked_on, value_on = self.dates(row)
        msisdn, payer = self.payer(row[at_msisdn].strip(), row[at_payer].strip(), row[at_party])
        text = row[at_text].strip()
        provider_ref = whole_id(row[at_provider_ref])
        balance = row[at_balance].strip()
        currency = self.currency(row, sign_currency)
        original = self.original(row, amount, currency) if min(self.originals) >= 0 else (None, "")
        return StatementLine(
            line,
            kind,  # type: ignore[arg-type]  # Words holds the checked words of the mapping
            status,  # type: ignore[arg-type]
            amount,
            currency,
            fee,
            cleaned(row[at_reference]),
            provider_ref,
            cleaned(row[at_network_ref]),
            cleaned(row[at_batch_key]),
            cleaned(row[at_account]),
            msisdn,
            payer,
            f"{text} {note}".strip() if note else text,
            row[at_channel].strip(),
            self.number("balance", balance)[0] if balance else None,
            occurred_at,
            booked_on,
            value_on,
            raw,
            *original,
        )

    # Money

    def _money_reader(self) -> Callable[[list[str]], Money]:
        if self.places["amount"] >= 0:
            return self._directed_amount if self.places["direction"] >= 0 else self._signed_amount
        return self._two_columns

    def _signed_amount(self, row: list[str]) -> Money:
        amount, currency = self.number("amount", row[self.places["amount"]])
        return (amount if self.mapping.amount_sign == "plus_is_in" else amount.copy_negate()), currency

    def _directed_amount(self, row: list[str]) -> Money:
        amount, currency = self.number("amount", row[self.places["amount"]])
        word = row[self.places["direction"]]
        sign = self._directions.get(word.strip().casefold())
        if sign is None:
            raise ValueError(
                f"{self._name('direction')} says {word.strip()!r}; known are "
                f"{', '.join(self._directions)}. Add the word to the mapping."
            )
        amount = amount.copy_abs()
        return (amount if sign > 0 else amount.copy_negate()), currency

    def _two_columns(self, row: list[str]) -> Money:
        credit_text, debit_text = row[self.places["credit"]].strip(), row[self.places["debit"]].strip()
        credit, currency = self.number("credit", credit_text) if credit_text else (ZERO, "")
        debit, other = self.number("debit", debit_text) if debit_text else (ZERO, "")
        if credit and debit:
            raise ValueError(
                f"{self._name('credit')} is {credit_text} and {self._name('debit')} is {debit_text} "
                "in one row; a row moves money one way."
            )
        if not credit_text and not debit_text:
            columns = [self._name(each) for each in ("credit", "debit") if self.places[each] >= 0]
            raise ValueError(
                f"{' and '.join(columns)} {'are' if len(columns) > 1 else 'is'} empty: no amount."
            )
        if not debit:
            return (credit if credit_text else debit.copy_abs()), currency or other
        if self.mapping.debit_sign == "any":
            debit = debit.copy_abs()
        elif self.mapping.debit_sign == "negative":
            return debit, other
        return debit.copy_negate(), other

    def original(self, row: list[str], amount: Decimal, currency: str) -> tuple[Decimal | None, str]:
        """What the payer paid in another currency; nothing where it is the same one or not said."""
        at_amount, at_currency = self.originals
        code = row[at_currency].strip().upper()
        if not row[at_amount].strip() or not _CODE.fullmatch(code) or code == currency:
            return None, ""
        found = self.number("original_amount", row[at_amount])[0]
        return (found.copy_abs().copy_sign(amount), code) if found else (None, "")

    def number(self, name: Field, text: str) -> Money:
        try:
            return self.amounts[text]
        except ValueError as problem:
            if not text.strip():
                raise ValueError(f"{self._name(name)} is empty.") from problem
            raise ValueError(f"{self._name(name)}: {problem}") from problem

    def fee(self, row: list[str], amount: Decimal) -> tuple[Decimal | None, str]:
        """What the provider kept back, and a note when the payer bore the charge on top.

        Where the file states the amount after fees, that decides: a charge the payer bore was never ours.
        """
        fee_text, net_text = row[self.places["fee"]].strip(), row[self.places["net"]].strip()
        if not fee_text and not net_text:
            return None, ""
        charge = self.number("fee", fee_text)[0].copy_abs() if fee_text else None
        if not net_text:
            return charge, ""
        net = self.number("net", net_text)[0].copy_abs()
        kept = amount.copy_abs() - net
        if kept < 0:
            raise ValueError(
                f"{self._name('net')} is {net_text}, more than the amount of {plain_text(amount.copy_abs())}."
            )
        if charge and not kept:
            return kept, f"(the payer bore the charge of {plain_text(charge)})"
        if charge is not None and charge != kept:
            raise ValueError(
                f"{self._name('fee')} is {fee_text}, but the amount of {plain_text(amount.copy_abs())} less "
                f"{self._name('net')} of {net_text} leaves {plain_text(kept)}."
            )
        return kept, ""

    def currency(self, row: list[str], beside_amount: str) -> str:
        if self.mapping.currency:
            if beside_amount and beside_amount != self.mapping.currency:
                raise ValueError(
                    f"The amount is in {beside_amount}; this mapping reads {self.mapping.currency}."
                )
            return self.mapping.currency
        text = row[self.places["currency"]].strip()
        if text and not _CODE.fullmatch(text):
            text = text.upper()
            if not _CODE.fullmatch(text):
                raise ValueError(
                    f"{self._name('currency')}: {text!r} is not a three-letter code such as GHS."
                )
        return text or beside_amount or "XXX"

    # Words

    def _direction_words(self) -> dict[str, int]:
        words = {word.casefold(): 1 for word in self.mapping.in_words}
        return words | {word.casefold(): -1 for word in self.mapping.out_words}

    def _status_of(self, text: str) -> str:
        word = " ".join(text.split()).casefold()
        status = self._known_statuses.get(word)
        if status is None:
            said = f"says {text.strip()!r}" if word else "is empty"
            raise ValueError(
                f"{self._name('status')} {said}, which this mapping does not know as success, pending or "
                "failed. Add it to the status words."
            )
        return status

    def kind(self, text: str, when: str) -> str:
        """The kind that a cell says, of money "in" or "out"; raises ValueError for an unknown word."""
        return self._kinds[when][text] if self.words_repeat else self._kind_of(text, when)

    def _rules_for(self, when: str) -> list[tuple[str, Kind]]:
        rules = self.mapping.kinds
        return [(rule.phrase.casefold(), rule.kind) for rule in rules if rule.when in ("any", when)]

    def _kind_of(self, text: str, when: str) -> Kind:
        by_sign = self.mapping.kind_in if when == "in" else self.mapping.kind_out
        word = " ".join(text.split()).casefold()
        if not word or not self.mapping.kinds:
            return by_sign
        for phrase, kind in self.rules[when]:
            if phrase == word if self.words_repeat else phrase in word:
                return kind
        if self.mapping.unknown_kind == "by_sign":
            return by_sign
        raise ValueError(
            f"{self._name('kind')} says {text.strip()!r} (money {when}), a kind this mapping does not know. "
            "Add it to the kind words."
        )

    # Dates

    def dates(self, row: list[str]) -> When_:
        at = self.places
        instant: datetime | None = None
        booked: date | None = None
        value: date | None = None
        if text := row[at["occurred"]].strip():
            if at["occurred_time"] >= 0 and (clock := row[at["occurred_time"]].strip()):
                text = f"{text} {clock}"
            instant, booked = self._moment("occurred", text)
        if at["booked"] >= 0 and (text := row[at["booked"]].strip()):
            booked = self._moment("booked", text)[1]
        if at["value"] >= 0 and (text := row[at["value"]].strip()):
            value = self._moment("value", text)[1]
        if booked is None and (at["occurred"] >= 0 or at["booked"] >= 0):
            raise ValueError(
                f"{self._name('occurred' if at['occurred'] >= 0 else 'booked')} is empty: no date."
            )
        return instant, booked, value

    def _moment(self, name: Field, text: str) -> tuple[datetime | None, date]:
        try:
            return self.moments.read(text)
        except ValueError as problem:
            raise ValueError(f"{self._name(name)}: {problem}") from problem

    # Other cells

    def payer(self, msisdn: str, name: str, party: str) -> tuple[str, str]:
        """Phone number and name of the payer; of `party`, which holds both, what the others do not say."""
        if party:
            party_msisdn, party_name = split_party(party)
            msisdn, name = msisdn or party_msisdn, name or party_name
        return (self._phone(msisdn) if msisdn else ""), name

    def _phone(self, text: str) -> str:
        """E.164 digits where the number fits a plan; else the text as it stands (masked, foreign)."""
        if self.usual_phone.fullmatch(text):
            return text  # the common case: a portal writes it so
        return e164_digits(text, self.mapping.market) or text

    def _free_text_places(self) -> tuple[int, ...]:
        """Columns in which people type: the mapped texts, and unmapped columns that are no id by name."""
        typed = {self.places[each] for each in ("reference", "payer_name", "party", "text", "account")}
        mapped = set(self.places.values())
        for place, name in enumerate(self.names):
            key = header_key(name)
            if place not in mapped and ("card" in key or "pan" in key or not key.endswith(ID_ENDINGS)):
                typed.add(place)
        return tuple(sorted(typed - {-1}))

    def _check_card_numbers(self, row: list[str]) -> None:
        long_ones = [text for place in self.free if len(text := row[place]) >= SHORTEST_CARD]
        if MAY_HOLD.search("\n".join(long_ones)) is None:
            return
        for place in self.free:
            if card_number_in(row[place]) is not None:
                raise ValueError(
                    f"{self.names[place]!r} holds a full card number, which may not be stored; "
                    "have the sender take it out and send the row again."
                )

    def fitted(self, row: list[str]) -> list[str]:
        if isinstance(row, UnclosedRow):
            raise ValueError(
                f"A quotation mark in this row is not closed: the lines up to {row.last_line} were taken for "
                "part of it and are not read. Close it and send the file again."
            )
        if len(row) == self.width:
            return row
        if len(row) < self.width:
            # Where rows usually end at the last filled cell that is the file's way; else the row is cut off,
            # and the cell it ends with may be half of an amount.
            if not self.short_rows_usual:
                raise ValueError(
                    f"The row has {len(row)} cells and the header {self.width}: it is cut off after "
                    f"{self.names[max(len(row) - 1, 0)]!r}."
                )
            return row + [""] * (self.width - len(row))
        if any(map(str.strip, row[self.width :])):
            raise ValueError(
                f"The row has {len(row)} cells and the header {self.width}: a separator inside a value is "
                "not quoted."
            )
        return row[: self.width]

    def _name(self, name: Field) -> str:
        place = self.places[name]
        return repr(self.names[place]) if place >= 0 else name


def _usual_phone(market: str) -> re.Pattern[str]:
    """A number of `market` as E.164 digits, as portals write it; fits nothing for no market."""
    country_code, length = PLANS.get(market, ("(?!)", 1))
    return re.compile(rf"{country_code}[1-9][0-9]{{{length - 1}}}")


def places_of(mapping: Mapping, names: tuple[str, ...]) -> dict[Field, int]:
    """The column place of every field, -1 where the table has none of its columns.

    Raises NotReadable when the columns that carry the money are missing.
    """
    by_key: dict[str, int] = {}
    for place, name in enumerate(names):
        by_key.setdefault(header_key(name), place)
    places: dict[Field, int] = {}
    for each in FIELDS:
        found = (by_key.get(header_key(name), -1) for name in mapping.columns.get(each, ()))
        places[each] = next((place for place in found if place >= 0), -1)
    needed: tuple[Field, ...] = ("amount",) if mapping.columns.get("amount") else ("credit", "debit")
    for each in needed:
        if mapping.columns.get(each) and places[each] < 0:
            raise NotReadable(
                f"The table has no column {mapping.columns[each][0]!r} that this mapping reads; it has "
                f"{', '.join(names)}."
            )
    return places


def split_party(text: str) -> tuple[str, str]:
    """ "254700000000 - JANE DOE" as (phone number as written, name); a short code is no phone."""
    number, _, name = text.partition("-")
    number = number.strip()
    if number.strip(_PHONE_CHARACTERS) or not number:
        return "", text.strip()
    return (number if len(number) >= SHORTEST_PHONE else ""), name.strip()


def whole_id(text: str) -> str:
    """The provider's id in a cell; raises ValueError where a spreadsheet has cut it."""
    found = cleaned(text)
    if "+" in found and _MANGLED.fullmatch(found):
        raise ValueError(
            f"The id {found} was cut by a spreadsheet, so two payments may share it; "
            "export the file again as CSV and do not open it in between."
        )
    return found


def cleaned(text: str) -> str:
    """A reference without blanks around it or a spreadsheet's ways to protect digits, ="1" and '1."""
    text = text.strip()
    if text[:1] == "=" and len(text) > 2 and text[1] == text[-1] == '"':
        return text[2:-1].strip()
    if text[:1] == "'" and text[1:2].isdigit():
        return text[1:].removesuffix("'")
    return text
