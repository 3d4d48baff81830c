"""A mapping says which column of a table feeds which field of a statement line, and how its text is read."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, cast, get_args

from paydesk.importers.amounts import DecimalSign
from paydesk.importers.moments import DateOrder, zone_of
from paydesk.importers.records import Kind, Status

VERSION = 1

Field = Literal[
    "amount", "credit", "debit", "direction", "fee", "net", "balance", "currency",
    "original_amount", "original_currency",
    "occurred", "occurred_time", "booked", "value",
    "reference", "provider_ref", "network_ref", "batch_key",
    "account", "msisdn", "payer_name", "party", "text", "channel", "kind", "status",
]  # fmt: skip
FIELDS: tuple[Field, ...] = get_args(Field)

# What the mapping screen and our sentences call each field.
FIELD_WORDS: dict[Field, str] = {
    "amount": "the amount", "credit": "money in", "debit": "money out", "direction": "in or out",
    "fee": "the provider's fee", "net": "the amount after fees", "balance": "the balance",
    "original_amount": "the amount in the other currency", "original_currency": "the other currency",
    "currency": "the currency", "occurred": "when it happened", "occurred_time": "the time of day",
    "booked": "the booking date", "value": "the value date", "reference": "our reference, as typed",
    "provider_ref": "the provider's own id", "network_ref": "the network's or bank's id",
    "batch_key": "the batch or settlement", "account": "the other party's account",
    "msisdn": "the payer's phone number", "payer_name": "the payer's name",
    "party": "phone number and name together", "text": "the description", "channel": "the channel",
    "kind": "the kind of row", "status": "the status",
}  # fmt: skip

When = Literal["any", "in", "out"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class KindRule:
    """A word or phrase of the kind column and the kind it means, for money in, out or either way."""

    phrase: str
    kind: Kind
    when: When = "any"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the rows of one kind of table become statement lines.

    columns: field to the header names that may feed it, the first that the file has wins; case, spaces and
    signs in a header do not matter. Money comes from `amount` (signed, or with a `direction` column whose
    word decides and the amount's own sign is ignored) or from `credit` and `debit`.
    amount_sign: whether plus means towards us. debit_sign: the sign money out carries in its own column;
    "any" reads it as money out either way. decimal: the decimal sign. currency: ISO code for every row;
    empty reads the currency column or the sign beside the amount, and "XXX" where there is neither.
    date_order, time_zone (IANA): how `occurred`, `booked` and `value` are read; instants become UTC.
    market: GH, KE, NG or UG for national phone numbers.
    kinds, kind_match: rules in order, the first that fits wins; "exact" compares the whole cell, "contains"
    looks for the phrase in it. kind_in and kind_out are the kinds of rows without a word; a word no rule
    knows is rejected, or read so as well with unknown_kind="by_sign". statuses: word to status; the empty
    word is an empty cell. A word that is not there is always rejected: failed is never read as success.
    original_amount, original_currency: what the payer paid in another currency; both are needed, and the
    row's own sign counts, because exports disagree about the sign there.
    account, account_labels: our account at the provider, fixed or from the lines above the header.
    totals: words that mark a totals row. header: the normalised header it was made for, its fingerprint.
    """

    columns: dict[Field, tuple[str, ...]]
    decimal: DecimalSign = "."
    currency: str = ""
    amount_sign: Literal["plus_is_in", "plus_is_out"] = "plus_is_in"
    debit_sign: Literal["any", "positive", "negative"] = "any"
    in_words: tuple[str, ...] = ("cr", "c", "credit", "in", "+", "crdt", "paid in", "deposit", "money in")
    out_words: tuple[str, ...] = (
        "dr",
        "d",
        "debit",
        "out",
        "-",
        "dbit",
        "withdrawn",
        "withdrawal",
        "money out",
    )
    date_order: DateOrder = "dmy"
    time_zone: str = "UTC"
    market: str = ""
    kinds: tuple[KindRule, ...] = ()
    kind_match: Literal["exact", "contains"] = "exact"
    kind_in: Kind = "payment"
    kind_out: Kind = "payout"
    unknown_kind: Literal["reject", "by_sign"] = "reject"
    statuses: dict[str, Status] = field(default_factory=dict)
    account: str = ""
    account_labels: tuple[str, ...] = ()
    totals: tuple[str, ...] = ("total", "totals", "grand total", "sub total", "subtotal", "sum", "page total")
    sheet: str = ""
    header: tuple[str, ...] = ()

    def problems(self) -> list[str]:
        """What is missing or contradicts itself, one sentence each; empty when files can be read with it."""
        found = []
        if not (self.columns.get("amount") or self.columns.get("credit") or self.columns.get("debit")):
            found.append("No column is mapped to the amount, nor to money in and money out.")
        if self.columns.get("amount") and (self.columns.get("credit") or self.columns.get("debit")):
            found.append("Map either one amount column or money in and money out, not both.")
        if self.currency and not re.fullmatch(r"[A-Z]{3}", self.currency):
            found.append(f"The currency {self.currency!r} is not a three-letter code such as GHS.")
        try:
            zone_of(self.time_zone)
        except ValueError as problem:
            found.append(str(problem))
        return found

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, with the version of this shape; from_json gives an equal mapping back."""
        values = asdict(self)
        values["columns"] = {name: list(names) for name, names in self.columns.items()}
        values["kinds"] = [asdict(rule) for rule in self.kinds]
        for name in ("in_words", "out_words", "account_labels", "totals", "header"):
            values[name] = list(values[name])
        return {"version": VERSION, **values}

    @classmethod
    def from_json(cls, values: AnyMapping[str, Any]) -> Mapping:
        """The mapping that to_json wrote. Raises ValueError for an unknown version, field, kind or status."""
        rest = dict(values)
        version = rest.pop("version", None)
        if version != VERSION:
            raise ValueError(f"This mapping has version {version!r}; this paydesk reads version {VERSION}.")
        unknown = set(rest) - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"A mapping has no part named {', '.join(sorted(unknown))}.")
        columns = rest.get("columns", {})
        if strangers := set(columns) - set(FIELDS):
            raise ValueError(f"A statement line has no field named {', '.join(sorted(strangers))}.")
        rest["columns"] = {
            name: (names,) if isinstance(names, str) else tuple(names) for name, names in columns.items()
        }
        rest["kinds"] = tuple(_rule_of(rule) for rule in rest.get("kinds", ()))
        rest["statuses"] = dict(rest.get("statuses", {}))
        if wrong := set(rest["statuses"].values()) - set(STATUSES):
            raise ValueError(f"A status is success, pending or failed, not {', '.join(sorted(wrong))}.")
        for name in ("in_words", "out_words", "account_labels", "totals", "header"):
            if name in rest:
                rest[name] = tuple(rest[name])
        _check_choices(rest)
        return cls(**rest)


_CHOICES: dict[str, tuple[str, ...]] = {
    "decimal": (".", ","), "amount_sign": ("plus_is_in", "plus_is_out"),
    "debit_sign": ("any", "positive", "negative"), "date_order": ("dmy", "mdy", "ymd"),
    "kind_match": ("exact", "contains"), "unknown_kind": ("reject", "by_sign"),
    "kind_in": KINDS, "kind_out": KINDS,
}  # fmt: skip


def _check_choices(values: AnyMapping[str, Any]) -> None:
    for name, allowed in _CHOICES.items():
        if name in values and values[name] not in allowed:
            raise ValueError(f"{name} is one of {', '.join(allowed)}, not {values[name]!r}.")


def _rule_of(rule: AnyMapping[str, str]) -> KindRule:
    kind, when = rule["kind"], rule.get("when", "any")
    if kind not in KINDS or when not in get_args(When):
        raise ValueError(f"The rule for {rule['phrase']!r} has no known kind or direction ({kind}, {when}).")
    return KindRule(rule["phrase"], kind, cast("When", when))


_NOT_KEY = re.compile(r"[\W_]+")


def header_key(name: str) -> str:
    """The form in which header names are compared: "Receipt No." and "receiptNo" are one column."""
    return _NOT_KEY.sub("", unicodedata.normalize("NFKC", name).casefold())


def header_keys(names: Iterable[str]) -> tuple[str, ...]:
    """The normalised, sorted header set of a table; empty cells left out."""
    return tuple(sorted({key for name in names if (key := header_key(name))}))


def fingerprint(names: Iterable[str]) -> str:
    """A short stable mark of a header, the same for any order, case or spacing of its columns."""
    return hashlib.sha256("\n".join(header_keys(names)).encode()).hexdigest()[:32]
