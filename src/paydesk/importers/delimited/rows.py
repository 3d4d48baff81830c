"""One row of a table to one statement line: a mapping compiled to column places, word tables and caches."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.amounts import Amounts, plain_text, signed_amount
from paydesk.importers.card_numbers import MAY_HOLD, card_number_in, masked_row, may_hold_card
from paydesk.importers.delimited.mapping import FIELDS, Field, Mapping, header_key
from paydesk.importers.delimited.tables import Table, UnclosedRow
from paydesk.importers.delimited.words import ID_ENDINGS, STATUS_WORDS
from paydesk.importers.moments import Moments
from paydesk.importers.records import (
    Kind,
    NotReadable,
    RejectedLine,
    StatementLine,
    Status,
    line_quickly,
)
from paydesk.kernel.phone_numbers import PLANS, e164_digits

ZERO = Decimal(0)
_CODE = re.compile(r"[A-Z]{3}")
_PHONE_CHARACTERS = "+0123456789*xX "
SHORTEST_PHONE = 9
SHORTEST_CARD = 13
_MANGLED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)


Money = tuple[Decimal, str]
When_ = tuple[datetime | None, date | None, date | None]


_TEXT_FIELDS: tuple[Field, ...] = (
    "status", "kind", "msisdn", "payer_name", "party", "text", "provider_ref", "reference", "network_ref",
    "batch_key", "account", "channel", "balance",
)  # fmt: skip


# Columns that need more than a look-up.
_LONG_WAY: tuple[Field, ...] = (
    "direction", "fee", "net", "occurred_time", "booked", "value", "original_amount", "original_currency",
)  # fmt: skip


class Words(dict[str, str]):
    """What each text of a word column means, worked out once per different text. Bounded."""

    def __init__(self, meaning: Callable[[str], str], room: int = 5_000) -> None:
        super().__init__()
        self.meaning = meaning
        self.room = room

    def __missing__(self, text: str) -> str:
        found = self.meaning(text)
        if len(self) >= self.room:
            self.clear()
        self[text] = found
        return found


class _NotQuick(Exception):
    """The row needs the long way."""


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
        self._moments = Moments(mapping.date_order, mapping.time_zone)
        self._directions = self._direction_words()
        known = mapping.statuses or STATUS_WORDS
        self._known_statuses: dict[str, Status] = {word.casefold(): status for word, status in known.items()}
        self._statuses = Words(self._status_of)
        self._rules = {when: self._rules_for(when) for when in ("in", "out")}
        self._kinds = {
            "in": Words(lambda text: self._kind_of(text, "in")),
            "out": Words(lambda text: self._kind_of(text, "out")),
        }
        self._free = self._free_text_places()
        self._money = self._money_reader()
        self._texts = tuple(self.places[each] for each in _TEXT_FIELDS)
        self._originals = (self.places["original_amount"], self.places["original_currency"])
        self._words_repeat = mapping.kind_match == "exact"
        self._plan = _plan_of(mapping.market)
        self._at_amount, self._at_occurred = self.places["amount"], self.places["occurred"]
        self._at_credit, self._at_debit = self.places["credit"], self.places["debit"]
        self._is_plain_mapping = (
            bool(mapping.currency)
            and mapping.amount_sign == "plus_is_in"
            and self._at_occurred >= 0
            and not self._needs_the_long_way()
        )

    def _needs_the_long_way(self) -> bool:
        """Whether the table has a column that only `_line` reads."""
        return any(self.places.get(each, -1) >= 0 for each in _LONG_WAY)

    def read(self, line: int, row: list[str]) -> StatementLine | RejectedLine:
        """The statement line of `row`, or the rejected line with a reason a person can act on."""
        raw = dict(zip(self.names, row, strict=False))
        try:
            if len(row) != self.width or isinstance(row, UnclosedRow):
                row = self._fitted(row)
            joined = f"|{'|'.join(row)}|"
            plain = joined.isascii()
            if self._free and (not plain or may_hold_card(joined)):
                self._check_card_numbers(row)
            if (
                plain
                and self._is_plain_mapping
                and joined.isprintable()
                and joined.count("|") == self.width + 1
                and not ("| " in joined or " |" in joined or "|=" in joined or "|'" in joined)
            ):
                try:
                    return self._quick_line(line, [*row, ""], raw)
                except (ValueError, _NotQuick):
                    pass  # the long way finds the same and says it in a sentence
            return self._line(line, [*row, ""], raw)
        except ValueError as problem:
            if beyond := " | ".join(row[self.width :]).strip(" |"):
                raw["beyond the header"] = beyond
            return RejectedLine(line, str(problem), masked_row(raw))

    def _quick_line(self, line: int, row: list[str], raw: dict[str, str]) -> StatementLine:
        """What `_line` makes, for a row of ASCII cells with nothing to trim. Raises where it is not sure."""
        (
            at_status, at_kind, at_msisdn, at_payer, at_party, at_text, at_provider_ref, at_reference,
            at_network_ref, at_batch_key, at_account, at_channel, at_balance,
        ) = self._texts  # fmt: skip
        if self._at_amount >= 0:
            amount, currency = self.amounts[row[self._at_amount]]
        else:
            credit, debit = row[self._at_credit], row[self._at_debit]
            if credit and not debit:
                amount, currency = self.amounts[credit]
            else:
                amount, currency = self._two_columns(row)
        status = self._statuses[row[at_status]] if at_status >= 0 else "success"
        if status == "failed" or (currency and currency != self.mapping.currency):
            raise _NotQuick
        when = "out" if amount < 0 else "in"
        word = row[at_kind]
        kind = self._kinds[when][word] if self._words_repeat else self._kind_of(word, when)
        occurred_at, booked_on = self._moments.read(row[self._at_occurred])
        msisdn, payer = row[at_msisdn], row[at_payer]
        if party := row[at_party]:
            party_msisdn, party_name = split_party(party)
            msisdn, payer = msisdn or party_msisdn, payer or party_name
        provider_ref = row[at_provider_ref]
        if "+" in provider_ref:
            raise _NotQuick
        balance = row[at_balance]
        return line_quickly(
            line, kind, status, amount, self.mapping.currency, None, row[at_reference], provider_ref,
            row[at_network_ref], row[at_batch_key], row[at_account], self._phone(msisdn) if msisdn else "",
            payer, row[at_text], row[at_channel],
            signed_amount(balance, self.mapping.decimal)[0] if balance else None,
            occurred_at, booked_on, None, raw,
        )  # fmt: skip

    def _line(self, line: int, row: list[str], raw: dict[str, str]) -> StatementLine:
        # A place of -1 is a field without a column: it reads the empty cell put at the end of the row.
        (
            at_status, at_kind, at_msisdn, at_payer, at_party, at_text, at_provider_ref, at_reference,
            at_network_ref, at_batch_key, at_account, at_channel, at_balance,
        ) = self._texts  # fmt: skip
        amount, sign_currency = self._money(row)
        status = self._statuses[row[at_status]] if at_status >= 0 else "success"
        when = "out" if amount < 0 else "in"
        if status == "failed":
            kind, fee, note = "failed", None, ""
        else:
            word = row[at_kind]
            kind = self._kinds[when][word] if self._words_repeat else self._kind_of(word, when)
            fee, note = self._fee(row, amount)
        occurred_at, booked_on, value_on = self._dates(row)
        msisdn, payer = row[at_msisdn].strip(), row[at_payer].strip()
        if party := row[at_party]:
            party_msisdn, party_name = split_party(party)
            msisdn, payer = msisdn or party_msisdn, payer or party_name
        text = row[at_text].strip()
        provider_ref = _cleaned(row[at_provider_ref])
        if "+" in provider_ref and _MANGLED.fullmatch(provider_ref):
            raise ValueError(
                f"The id {provider_ref} was cut by a spreadsheet, so two payments may share it; "
                "export the file again as CSV and do not open it in between."
            )
        balance = row[at_balance].strip()
        currency = self._currency(row, sign_currency)
        original = self._original(row, amount, currency) if min(self._originals) >= 0 else (None, "")
        return StatementLine(
            line,
            kind,  # type: ignore[arg-type]  # Words holds the checked words of the mapping
            status,  # type: ignore[arg-type]
            amount,
            currency,
            fee,
            _cleaned(row[at_reference]),
            provider_ref,
            _cleaned(row[at_network_ref]),
            _cleaned(row[at_batch_key]),
            _cleaned(row[at_account]),
            self._phone(msisdn) if msisdn else "",
            payer,
            f"{text} {note}".strip() if note else text,
            row[at_channel].strip(),
            self._number("balance", balance)[0] if balance else None,
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
        amount, currency = self._number("amount", row[self.places["amount"]])
        return (amount if self.mapping.amount_sign == "plus_is_in" else amount.copy_negate()), currency

    def _directed_amount(self, row: list[str]) -> Money:
        amount, currency = self._number("amount", row[self.places["amount"]])
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
        credit, currency = self._number("credit", credit_text) if credit_text else (ZERO, "")
        debit, other = self._number("debit", debit_text) if debit_text else (ZERO, "")
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

    def _original(self, row: list[str], amount: Decimal, currency: str) -> tuple[Decimal | None, str]:
        """What the payer paid in another currency; nothing where it is the same one or not said."""
        at_amount, at_currency = self._originals
        code = row[at_currency].strip().upper()
        if not row[at_amount].strip() or not _CODE.fullmatch(code) or code == currency:
            return None, ""
        found = self._number("original_amount", row[at_amount])[0]
        return (found.copy_abs().copy_sign(amount), code) if found else (None, "")

    def _number(self, name: Field, text: str) -> Money:
        try:
            return self.amounts[text]
        except ValueError as problem:
            if not text.strip():
                raise ValueError(f"{self._name(name)} is empty.") from problem
            raise ValueError(f"{self._name(name)}: {problem}") from problem

    def _fee(self, row: list[str], amount: Decimal) -> tuple[Decimal | None, str]:
        """What the provider kept back, and a note when the payer bore the charge on top.

        Where the file states the amount after fees, that decides: a charge the payer bore was never ours.
        """
        fee_text, net_text = row[self.places["fee"]].strip(), row[self.places["net"]].strip()
        if not fee_text and not net_text:
            return None, ""
        charge = self._number("fee", fee_text)[0].copy_abs() if fee_text else None
        if not net_text:
            return charge, ""
        net = self._number("net", net_text)[0].copy_abs()
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

    def _currency(self, row: list[str], beside_amount: str) -> str:
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

    def _rules_for(self, when: str) -> list[tuple[str, Kind]]:
        rules = self.mapping.kinds
        return [(rule.phrase.casefold(), rule.kind) for rule in rules if rule.when in ("any", when)]

    def _kind_of(self, text: str, when: str) -> Kind:
        by_sign = self.mapping.kind_in if when == "in" else self.mapping.kind_out
        word = " ".join(text.split()).casefold()
        rules = self._rules[when]
        if not word or not self.mapping.kinds:
            return by_sign
        if self._words_repeat:
            for phrase, kind in rules:
                if phrase == word:
                    return kind
        else:
            for phrase, kind in rules:
                if phrase in word:
                    return kind
        if self.mapping.unknown_kind == "by_sign":
            return by_sign
        raise ValueError(
            f"{self._name('kind')} says {text.strip()!r} (money {when}), a kind this mapping does not know. "
            "Add it to the kind words."
        )

    # Dates

    def _dates(self, row: list[str]) -> When_:
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
            return self._moments.read(text)
        except ValueError as problem:
            raise ValueError(f"{self._name(name)}: {problem}") from problem

    # Other cells

    def _phone(self, text: str) -> str:
        """E.164 digits where the number fits a plan; else the text as it stands (masked, foreign)."""
        country_code, length = self._plan
        digits = len(text) == length and text.isascii() and text.isdigit()
        if digits and text.startswith(country_code) and text[len(country_code)] != "0":
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
        long_ones = [text for place in self._free if len(text := row[place]) >= SHORTEST_CARD]
        if MAY_HOLD.search("\n".join(long_ones)) is None:
            return
        for place in self._free:
            if card_number_in(row[place]) is not None:
                raise ValueError(
                    f"{self.names[place]!r} holds a full card number, which may not be stored; "
                    "have the sender take it out and send the row again."
                )

    def _fitted(self, row: list[str]) -> list[str]:
        if isinstance(row, UnclosedRow):
            raise ValueError(
                f"A quotation mark in this row is not closed: the lines up to {row.last_line} were taken for "
                "part of it and are not read. Close it and send the file again."
            )
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


def _plan_of(market: str) -> tuple[str, int]:
    """The country code of a market and the length of its numbers with it; one that fits nothing for none."""
    country_code, national_length = PLANS.get(market, ("", -1))
    return country_code, len(country_code) + national_length


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


def _cleaned(text: str) -> str:
    """A reference without blanks around it or a spreadsheet's ways to protect digits, ="1" and '1."""
    text = text.strip()
    if text[:1] == "=" and len(text) > 2 and text[1] == text[-1] == '"':
        return text[2:-1].strip()
    if text[:1] == "'" and text[1:2].isdigit():
        return text[1:].removesuffix("'")
    return text
