"""Guesses a mapping from a table's header and first rows, says why, and asks what the rows cannot answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from paydesk.importers.amounts import CURRENCY_SIGNS, DecimalSign, signed_amount
from paydesk.importers.delimited.guesses import Column, Confidence, FieldGuess, Guess, Question
from paydesk.importers.delimited.mapping import (
    Field,
    KindRule,
    Mapping,
    fingerprint,
    header_key,
    header_keys,
)
from paydesk.importers.delimited.tables import Table
from paydesk.importers.delimited.words import HEADER_WORDS, KIND_WORDS, STATUS_WORDS
from paydesk.importers.moments import ORDER_WORDS, DateOrder, Moments
from paydesk.importers.records import Kind, Status

SAMPLES_SHOWN = 5
# How many of a column's values have to read as dates or amounts: fewer where its name already says so,
# because totals, notes and bad rows are among the values.
NAMED_SHARE = Fraction(1, 2)
UNNAMED_SHARE = Fraction(9, 10)
_DAY = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})(?:$|[T ,])", re.ASCII)
_HAS_TIME = re.compile(r"\d[T ,]+\d{1,2}:\d{2}", re.ASCII)
_ODOO = "amountcurrency"
_ACCOUNT_LABELS = (
    "Account", "Account Number", "Account No", "Account No.", "Short Code", "Shortcode", "Till Number",
    "Wallet",     "Merchant Account", "IBAN",
)  # fmt: skip


def guess_table(table: Table) -> Guess:
    """A mapping for `table` from its header words and its first 500 rows; never raises for odd contents."""
    rows = [row for _, row in table.sample()]
    return _Guesser(table, rows).guess()


class _Guesser:
    def __init__(self, table: Table, rows: list[list[str]]) -> None:
        self.table = table
        self.values = {
            name: [row[place].strip() if place < len(row) else "" for row in rows]
            for place, name in enumerate(table.names)
        }
        self.rows = len(rows)
        self.fields: dict[Field, FieldGuess] = {}
        self.questions: list[Question] = []
        self.taken: set[str] = set()
        self.decimal: DecimalSign = "."

    def guess(self) -> Guess:
        self.decimal = self._decimal()
        self._money_columns()
        self._date_columns()
        for name in (
            "original_amount", "original_currency", "currency", "balance", "status", "kind", "party",
            "msisdn", "provider_ref", "network_ref", "reference", "batch_key", "payer_name", "text",
            "channel", "account",
        ):  # fmt: skip
            self._by_name(name, self._suits(name))
        self._other_currency()
        mapping = Mapping(
            columns={name: (each.column,) for name, each in self.fields.items()},
            decimal=self.decimal,
            date_order=self._date_order(),
            account_labels=_ACCOUNT_LABELS,
            sheet=self.table.sheet if len(self.table.sheets) > 1 else "",
            header=header_keys(self.table.names),
        )
        mapping = self._signs(self._words(self._currency(mapping)))
        if "amount" not in self.fields and "credit" not in self.fields and "debit" not in self.fields:
            self._ask("amount", "Which column holds the amount?", tuple(self.table.names), "none")
        if "occurred" not in self.fields and "booked" not in self.fields:
            self._ask("occurred", "Which column holds the date?", tuple(self.table.names), "none")
        elif any(map(_HAS_TIME.search, self._column("occurred"))):
            self._ask(
                "time_zone",
                "Which clock do the times follow?",
                ("UTC", "Africa/Accra", "Africa/Lagos", "Africa/Nairobi"),
                "UTC",
            )
        return Guess(
            kind=self.table.kind,
            encoding=self.table.encoding,
            separator=self.table.separator,
            header_line=self.table.header_line,
            sheet=self.table.sheet,
            sheets=self.table.sheets,
            columns=tuple(self._shown(name) for name in self.table.names),
            fingerprint=fingerprint(self.table.names),
            rows_seen=self.rows,
            mapping=mapping,
            fields=self.fields,
            questions=tuple(self.questions),
            warnings=self.table.warnings,
        )

    # Columns

    def _by_name(self, field: Field, suits: Callable[[list[str]], bool] | None = None) -> bool:
        """Take the column whose name is the surest word for `field` and whose values suit it."""
        ranks = {word: rank for rank, word in enumerate(HEADER_WORDS[field])}
        found = [
            (ranks[header_key(name)], name)
            for name in self.table.names
            if header_key(name) in ranks and name not in self.taken
        ]
        for rank, name in sorted(found):
            if suits is None or suits(self.values[name]):
                sure: Confidence = "high" if rank < 6 else "medium"
                self._take(field, name, sure, f"the column {name!r} by its name.")
                return True
        return False

    def _take(self, field: Field, name: str, confidence: Confidence, why: str) -> None:
        self.fields[field] = FieldGuess(name, confidence, why)
        self.taken.add(name)

    def _column(self, field: Field) -> list[str]:
        found = self.fields.get(field)
        return self.values[found.column] if found else []

    def _suits(self, field: Field) -> Callable[[list[str]], bool] | None:
        if field in ("balance", "original_amount"):
            return self._are_amounts
        if field in ("currency", "original_currency"):
            return lambda values: all(re.fullmatch(r"[A-Za-z]{3}", value) for value in values if value)
        if field in ("status", "kind"):
            return lambda values: len({value.casefold() for value in values}) <= max(12, self.rows // 10)
        if field in ("msisdn",):
            return lambda values: all(re.fullmatch(r"\+?[\d* xX-]{6,20}", value) for value in values if value)
        if field in ("reference", "provider_ref", "network_ref"):
            return lambda values: not any(_DAY.match(value) for value in values if value)
        return None

    def _are_amounts(self, values: list[str]) -> bool:
        filled = [value for value in values if value]
        return bool(filled) and sum(map(self._is_amount, filled)) >= len(filled) * NAMED_SHARE

    def _is_amount(self, text: str) -> bool:
        try:
            signed_amount(text, self.decimal)
        except ValueError:
            return False
        return True

    # Money

    def _other_currency(self) -> None:
        """What the payer paid needs both its columns; Odoo's layout names the second just "Currency"."""
        has_amount, has_currency = (name in self.fields for name in ("original_amount", "original_currency"))
        is_odoo = has_amount and header_key(self.fields["original_amount"].column) == _ODOO
        if has_amount != has_currency and not (is_odoo and "currency" in self.fields):
            dropped = self.fields.pop("original_amount" if has_amount else "original_currency")
            self.taken.discard(dropped.column)

    def _decimal(self) -> DecimalSign:
        """The decimal sign, from the columns whose names say money."""
        texts = [
            value
            for name in self.table.names
            if any(
                header_key(name) in HEADER_WORDS[field]
                for field in ("amount", "credit", "debit", "balance", "fee")
            )
            for value in self.values[name]
            if "," in value or "." in value
        ]
        comma = sum(1 for text in texts if re.search(r"\d,\d{1,2}\D*$|\.\d{3},|^\d{4,},\d{3}$", text))
        point = sum(1 for text in texts if re.search(r"\d\.\d{1,2}\D*$|,\d{3}\.|\.\d{4,}\D*$", text))
        unclear = sum(1 for text in texts if re.fullmatch(r"\D*\d{1,3}[.,]\d{3}\D*", text))
        if comma and point:
            self._ask(
                "decimal",
                "Some amounts end in a comma and digits, some in a point: which is the decimal sign?",
                (".", ","),
                "the point" if point >= comma else "the comma",
            )
        elif unclear and not comma and not point:
            assumed = "yes" if any("," in text for text in texts) else "no, the point is the decimal sign"
            self._ask(
                "decimal",
                "Every amount has exactly three digits after its separator: are they thousands?",
                (".", ","),
                assumed,
            )
        return "," if comma > point else "."

    def _money_columns(self) -> None:
        both = [self._by_name(field, self._are_amounts_or_empty) for field in ("credit", "debit")]
        if all(both) and any(self._are_amounts(self._column(field)) for field in ("credit", "debit")):
            self._by_name("fee", self._are_amounts)
            return
        for field in ("credit", "debit"):
            dropped = self.fields.pop(field, None)
            if dropped:
                self.taken.discard(dropped.column)
        if not self._by_name("amount", self._are_amounts):
            named = [
                name
                for name in self.table.names
                if "amount" in header_key(name) and self._are_amounts(self.values[name])
            ]
            if named:
                self._take(
                    "amount", named[0], "medium", f"the column {named[0]!r}, whose name speaks of an amount."
                )
        if "amount" in self.fields:
            words = {*Mapping(columns={}).in_words, *Mapping(columns={}).out_words}
            self._by_name(
                "direction",
                lambda values: bool(values) and all(value.casefold() in words for value in values if value),
            )
            self._by_name("fee", self._are_amounts)
            self._by_name("net", self._net_fits)

    def _are_amounts_or_empty(self, values: list[str]) -> bool:
        return all(not value or self._is_amount(value) for value in values)

    def _net_fits(self, values: list[str]) -> bool:
        """The net column explains amount and fee in every sampled row, so its meaning is sure."""
        try:
            for amount, fee, net in zip(self._column("amount"), self._column("fee"), values, strict=True):
                first, second, third = (
                    signed_amount(each, self.decimal)[0].copy_abs() for each in (amount, fee, net)
                )
                if third not in (first, first - second):
                    return False
        except ValueError:
            return False
        return bool(values)

    def _signs(self, mapping: Mapping) -> Mapping:
        if "amount" in self.fields and "direction" not in self.fields:
            negative = sum(
                1
                for text in self._column("amount")
                if text and self._is_amount(text) and signed_amount(text, self.decimal)[0] < 0
            )
            if negative == 0:
                text = "No amount has a minus: does every row bring money in?"
            else:
                text = f"{negative} of {self.rows} amounts have a minus: is that money out?"
            if self._fees_are_plus():
                text += " Rows that are fees have none, so plus may be what money out has here."
            self._ask(
                "amount_sign", text, ("plus_is_in", "plus_is_out"), "plus is money in, minus is money out"
            )
        if "debit" in self.fields:
            signs = {
                signed_amount(text, self.decimal)[0].is_signed()
                for text in self._column("debit")
                if text and self._is_amount(text) and signed_amount(text, self.decimal)[0]
            }
            if len(signs) == 2:
                column = self.fields["debit"].column
                self._ask(
                    "debit_sign",
                    f"{column!r} holds amounts with and without a minus: are both money out?",
                    ("any", "positive", "negative"),
                    "both are money out",
                )
            elif signs:
                return replace(mapping, debit_sign="negative" if signs == {True} else "positive")
        return mapping

    def _fees_are_plus(self) -> bool:
        """Whether rows whose kind says fee have amounts without a minus, as in statements of a card."""
        fees = {rule.phrase for rule in KIND_WORDS if rule.kind == "fee" and rule.when == "any"}
        amounts = [
            signed_amount(text, self.decimal)[0]
            for text, word in zip(self._column("amount"), self._column("kind"), strict=False)
            if " ".join(word.split()).casefold() in fees and text and self._is_amount(text)
        ]
        return bool(amounts) and all(amount > 0 for amount in amounts)

    def _currency(self, mapping: Mapping) -> Mapping:
        # Odoo's layout: "Currency" belongs to "Amount Currency", the amount in the other currency.
        keys = {header_key(name) for name in self.table.names}
        if "currency" in self.fields and _ODOO in keys:
            guessed = self.fields.pop("currency")
            column = guessed.column
            columns: dict[Field, tuple[str, ...]] = dict(mapping.columns)
            del columns["currency"]
            if "original_amount" in self.fields and "original_currency" not in self.fields:
                self.fields["original_currency"] = guessed
                columns["original_currency"] = (column,)
            else:
                self.taken.discard(column)
            mapping = replace(mapping, columns=columns)
            self._ask(
                "currency",
                f"{column!r} is the currency of 'Amount Currency'. Which is the account's own currency?",
                _MARKET_CURRENCIES,
                "unknown (XXX)",
            )
            return mapping
        if "currency" in self.fields:
            return mapping
        above = self.table.labelled(("Currency", "Account Currency", "Ccy")).upper()
        if re.fullmatch(r"[A-Z]{3}", above):
            self._ask("currency", f"The lines above the table say {above}: is that right?", (above,), above)
            return replace(mapping, currency=above)
        money = [*self._column("amount"), *self._column("credit"), *self._column("debit")]
        beside = {
            signed_amount(text, self.decimal)[1] for text in money if text and self._is_amount(text)
        } - {""}
        if beside:
            return mapping
        for name in self.table.names:
            words = re.findall(r"[A-Z]{3}|[₵₦€£]", name)
            if name in [each.column for each in self.fields.values()] and (
                codes := [CURRENCY_SIGNS[word] for word in words if word in CURRENCY_SIGNS]
            ):
                self._ask(
                    "currency",
                    f"The header {name!r} names {codes[0]}: is that the currency of every row?",
                    (codes[0],),
                    codes[0],
                )
                return replace(mapping, currency=codes[0])
        self._ask(
            "currency",
            "No column or sign names a currency. Which is it?",
            _MARKET_CURRENCIES,
            "unknown (XXX)",
        )
        return mapping

    # Dates

    def _date_columns(self) -> None:
        self._by_name("occurred", self._are_dates)
        self._by_name("booked", self._are_dates)
        self._by_name("value", self._are_dates)
        if "occurred" not in self.fields and "booked" not in self.fields:
            for name in self.table.names:
                if name not in self.taken and self._are_dates(self.values[name], UNNAMED_SHARE):
                    self._take("occurred", name, "low", f"the column {name!r}, whose values are dates.")
                    return
        if "occurred" in self.fields and not any(map(_HAS_TIME.search, self._column("occurred"))):
            self._by_name(
                "occurred_time",
                lambda values: all(
                    re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?\s*([AaPp]\.?[Mm]\.?)?", value)
                    for value in values
                    if value
                ),
            )

    def _are_dates(self, values: list[str], share: Fraction = NAMED_SHARE) -> bool:
        filled = [value for value in values if value][:50]
        readers = [Moments(order, "UTC") for order in ORDER_WORDS]

        def reads(text: str) -> bool:
            for reader in readers:
                try:
                    reader.read(text)
                except ValueError:
                    continue
                return True
            return False

        return bool(filled) and sum(map(reads, filled)) >= len(filled) * share

    def _date_order(self) -> DateOrder:
        texts = [*self._column("occurred"), *self._column("booked"), *self._column("value")]
        parts = [found.groups() for text in texts if (found := _DAY.match(text))]
        short = [(int(first), int(second)) for first, second, _ in parts if len(first) < 3]
        if not short:
            return "ymd" if parts else "dmy"
        first_is_day = sum(1 for first, _ in short if first > 12)
        second_is_day = sum(1 for _, second in short if second > 12)
        if first_is_day and second_is_day:
            self._ask(
                "date_order",
                "Some dates only fit day first, some only month first.",
                ("dmy", "mdy"),
                "day first" if first_is_day >= second_is_day else "month first",
            )
        elif not first_is_day and not second_is_day:
            example = next(text for text in texts if _DAY.match(text))
            self._ask(
                "date_order",
                f"No date has a day above 12 ({example}): is the day or the month first?",
                ("dmy", "mdy"),
                "day first",
            )
        return "dmy" if first_is_day >= second_is_day else "mdy"

    # Words

    def _words(self, mapping: Mapping) -> Mapping:
        statuses: dict[str, Status] = {}
        if "status" in self.fields:
            words = sorted({" ".join(value.split()).casefold() for value in self._column("status")})
            statuses = {word: STATUS_WORDS[word] for word in words if word in STATUS_WORDS}
            unknown = [word for word in words if word and word not in STATUS_WORDS]
            if not statuses:
                column = self.fields.pop("status").column
                self.taken.discard(column)
                self._ask(
                    "status",
                    f"No word of {column!r} ({', '.join(unknown[:5])}) is a status we know.",
                    ("success", "pending", "failed"),
                    "every row is final and successful",
                )
                mapping = replace(
                    mapping,
                    columns={name: names for name, names in mapping.columns.items() if name != "status"},
                )
            else:
                if "" in words:
                    statuses[""] = "success"
                    self._ask(
                        "status",
                        "Some rows have no status.",
                        ("success", "pending", "failed"),
                        "they are successful",
                    )
                if unknown:
                    self._ask(
                        "status",
                        f"What do the status words {', '.join(map(repr, unknown[:5]))} mean?",
                        ("success", "pending", "failed"),
                        "rows with them are rejected",
                    )
                statuses = {**STATUS_WORDS, **statuses}
        mapping = replace(mapping, statuses=statuses)
        if "kind" in self.fields:
            known = {rule.phrase for rule in KIND_WORDS}
            words = sorted({" ".join(value.split()).casefold() for value in self._column("kind")} - {""})
            if unknown := [word for word in words if word not in known]:
                self._ask(
                    "kind",
                    f"What do the kind words {', '.join(map(repr, unknown[:5]))} mean?",
                    _KIND_OPTIONS,
                    "money in is a payment, money out a payout",
                )
            rules: tuple[KindRule, ...] = KIND_WORDS
            return replace(mapping, kinds=rules, unknown_kind="by_sign")
        return mapping

    def _ask(self, about: str, text: str, options: tuple[str, ...], assumed: str) -> None:
        self.questions.append(Question(about, text, options, assumed))

    def _shown(self, name: str) -> Column:
        filled = [value for value in self.values[name] if value]
        return Column(name, tuple(dict.fromkeys(filled))[:SAMPLES_SHOWN], len(filled))


_MARKET_CURRENCIES = ("GHS", "KES", "NGN", "UGX", "EUR", "USD")
_KIND_OPTIONS: tuple[Kind, ...] = (
    "payment", "fee", "reversal", "refund", "chargeback", "sweep", "float_transfer", "payout", "reserve",
    "adjustment",
)  # fmt: skip
