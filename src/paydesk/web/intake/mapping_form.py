"""The mapping of a table as a form: what stands in it, and what a person made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from paydesk.domain.statements.file_tables import (
    FIELD_WORDS,
    KINDS,
    STATUSES,
    Mapping,
    TableFile,
    Word,
    suited_to,
    with_meaning,
)
from paydesk.web.templatetags.desk import state_words

GROUPS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("Money", ("amount", "credit", "debit", "direction", "fee", "net", "balance", "currency")),
    ("When", ("occurred", "occurred_time", "booked", "value")),
    ("What it refers to", ("reference", "provider_ref", "network_ref", "batch_key")),
    ("Who paid", ("msisdn", "payer_name", "party", "account")),
    ("What it is", ("kind", "status", "text", "channel")),
    ("Paid in another currency", ("original_amount", "original_currency")),
)
NEEDED = ("amount", "occurred")
ZONES = (
    "Africa/Accra", "Africa/Lagos", "Africa/Nairobi", "Africa/Kampala", "Africa/Johannesburg",
    "Europe/London", "Europe/Berlin", "UTC",
)  # fmt: skip
CURRENCIES = ("GHS", "KES", "NGN", "UGX", "TZS", "ZAR", "XOF", "EUR", "GBP", "USD")
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "decimal": ((".", "a point: 1,234.50"), (",", "a comma: 1.234,50")),
    "date_order": (("dmy", "day first"), ("mdy", "month first"), ("ymd", "year first")),
    "amount_sign": (("plus_is_in", "plus is money in"), ("plus_is_out", "plus is money out")),
    "debit_sign": (
        ("any", "always money out, with a minus or without"),
        ("positive", "money out; a minus takes it back"),
        ("negative", "a minus is money out, a plus money in"),
    ),
}
SETTING_LABELS = {
    "decimal": "Decimal sign",
    "date_order": "Dates are written",
    "amount_sign": "In the amount column",
    "debit_sign": "In the money out column",
    "currency": "Currency of every row",
    "time_zone": "Clock of the times",
}
MEANINGS = {
    "kind": (
        *((kind, state_words(kind)) for kind in KINDS if kind != "failed"),
        ("sign", "By sign: in a payment, out a payout"),
    ),
    "status": tuple((status, state_words(status)) for status in STATUSES),
    "direction": (("in", "Money in"), ("out", "Money out")),
}
WORD_FIELDS: tuple[Any, ...] = ("kind", "status", "direction")
WORD_HEADS = {"kind": "Kinds of row", "status": "Statuses", "direction": "In or out"}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a statement line: which column feeds it, examples from it, and why it was taken."""

    name: str
    label: str
    column: str
    samples: Sequence[str]
    why: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together: those this file has, and the others, which are folded away."""

    head: str
    rows: Sequence[FieldRow]

    @property
    def used(self) -> list[FieldRow]:
        """What has a column; where nothing has, what a row cannot do without."""
        return [row for row in self.rows if row.column] or [row for row in self.rows if row.name in NEEDED]

    @property
    def unused(self) -> list[FieldRow]:
        shown = self.used
        return [row for row in self.rows if row not in shown]


@dataclass(frozen=True, slots=True)
class WordGroup:
    """The different words of one column, each with the meanings it can be given."""

    name: str
    head: str
    words: Sequence[Word]
    meanings: Sequence[tuple[str, str]]


class MappingForm:
    """The mapping of one table: `base` is what the desk proposes, `data` what a person sent."""

    def __init__(self, table: TableFile, accounts: Sequence[Any], data: QueryDict | None, base: str) -> None:
        self.table = table
        self.accounts = accounts
        self.data = data
        self.base = "guess" if base == "guess" or not table.file.mapping or table.sheet else "file"
        self.proposed = (
            table.guess.mapping if self.base == "guess" else Mapping.from_json(table.file.mapping or {})
        )
        chosen = data.get("source_account", "") if data else ""
        self.account = self._account(chosen) if data else table.file.source_account
        if data is None:
            self.mapping = suited_to(self.proposed, self.account) if self.account else self.proposed
        else:
            self.mapping = self._said(data)

    def _account(self, chosen: str) -> Any:
        return next((account for account in self.accounts if str(account.pk) == chosen), None)

    # What a person said

    def _said(self, data: QueryDict) -> Mapping:
        """The proposed mapping with every part of the form put in; parts the form does not show are kept."""
        said = replace(
            self.proposed,
            columns=self._columns(data),
            **{name: data[name] for name, choices in CHOICES.items() if data.get(name) in dict(choices)},
            currency=data.get("currency", "").strip().upper(),
            time_zone=data.get("time_zone", "").strip() or "UTC",
            market=data.get("market", self.proposed.market),
        )
        for field in WORD_FIELDS:
            pairs = zip(data.getlist(f"{field}_word"), data.getlist(f"{field}_means"), strict=False)
            # The rule put in last wins; a longer word may hold a shorter one, so it comes after it.
            for word, meaning in sorted(pairs, key=lambda pair: len(pair[0])):
                said = with_meaning(said, field, word, meaning)
        before = self._account(data.get("settings_for", ""))
        if self.account and self.account != before:
            said = suited_to(said, self.account, before)
        return said

    def _columns(self, data: QueryDict) -> dict[Any, tuple[str, ...]]:
        columns: dict[Any, tuple[str, ...]] = {}
        for field, _ in FIELD_WORDS.items():
            chosen = data.get(f"column_{field}", "")
            if chosen and chosen == self.table.column_of(self.proposed, field):
                columns[field] = self.proposed.columns[field]  # with its other names in other files
            elif chosen in self.table.names:
                columns[field] = (chosen,)
        return columns

    # What the form shows

    @property
    def account_changed(self) -> bool:
        """Whether the parts the account answers have to be shown again."""
        before = self.data.get("settings_for", "") if self.data else ""
        return bool(self.data) and before != (str(self.account.pk) if self.account else "")

    @property
    def groups(self) -> list[FieldGroup]:
        return [FieldGroup(head, [self._row(field) for field in fields]) for head, fields in GROUPS]

    @property
    def rows(self) -> list[FieldRow]:
        return [row for group in self.groups for row in group.rows]

    def _row(self, field: Any) -> FieldRow:
        column = self.table.column_of(self.mapping, field)
        samples = next((c.samples for c in self.table.guess.columns if c.name == column), ())
        guessed = self.table.guess.fields.get(field)
        is_guess = guessed is not None and guessed.column == column
        label = FIELD_WORDS[field]
        return FieldRow(
            field,
            label[:1].upper() + label[1:],
            column,
            samples[:3],
            guessed.why if guessed and is_guess and guessed.confidence != "high" else "",
            bool(guessed and is_guess and guessed.confidence == "low"),
        )

    @property
    def settings(self) -> list[tuple[str, str, str, Sequence[tuple[str, str]]]]:
        """(name, label, value, choices) of each way the text is read."""
        shown = [(name, SETTING_LABELS[name], getattr(self.mapping, name), c) for name, c in CHOICES.items()]
        zones = dict.fromkeys((self.mapping.time_zone, *(a.time_zone for a in self.accounts), *ZONES))
        currencies = dict.fromkeys((self.mapping.currency, *(a.currency for a in self.accounts), *CURRENCIES))
        named = "as the column says" if self.table.column_of(self.mapping, "currency") else "not known yet"
        return [
            *shown,
            ("currency", SETTING_LABELS["currency"], self.mapping.currency,
             (("", named), *((code, code) for code in currencies if code))),
            ("time_zone", SETTING_LABELS["time_zone"], self.mapping.time_zone,
             tuple((zone, zone) for zone in zones)),
        ]  # fmt: skip

    @property
    def words_for(self) -> str:
        """Which columns the words shown belong to; when another is chosen, its words have to be shown."""
        return "\n".join(self.table.column_of(self.mapping, field) for field in WORD_FIELDS)

    @property
    def words_changed(self) -> bool:
        return self.data is not None and self.data.get("words_for", "").split() != self.words_for.split()

    @property
    def word_groups(self) -> list[WordGroup]:
        groups = [
            WordGroup(field, WORD_HEADS[field], self.table.words(self.mapping, field), MEANINGS[field])
            for field in WORD_FIELDS
        ]
        return [group for group in groups if group.words]

    @property
    def is_guess(self) -> bool:
        """Whether the proposal is the desk's own guess and no profile."""
        return self.base == "guess" or self.table.file.mapping == self.table.guess.mapping.to_json()

    @property
    def questions(self) -> Sequence[Any]:
        """What the rows could not answer, while the mapping is the desk's own guess."""
        return self.table.guess.questions if self.is_guess else ()

    @property
    def suggested_name(self) -> str:
        """A name for the profile: the file's own, without its date and ending."""
        file = self.table.file
        if file.profile:
            return str(file.profile.name)
        stem = file.filename.rsplit(".", 1)[0].replace("_", " ").replace("-", " ")
        kept = [part for part in stem.split() if not any(c.isdigit() for c in part)]
        return " ".join(kept)[:80] or "Portal export"
