"""Which column of a file is which field, and how its cells are read: recognised by name, or said in a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from paydesk.importers.amounts import DecimalSign
from paydesk.importers.delimited.mapping import header_key
from paydesk.importers.moments import DateOrder, zone_of
from paydesk.kernel.refused import Refused

FIELDS = (
    "id", "reference", "provider_ref", "account", "msisdn", "name", "amount", "fee", "currency", "at",
    "status", "batch",
)  # fmt: skip
# Header names taken for a field without being asked, in the form of header_key.
NAMES: dict[str, str] = {
    "id": "id", "lineid": "id", "reference": "reference", "ref": "reference", "providerref": "provider_ref",
    "providerreference": "provider_ref", "account": "account", "msisdn": "msisdn", "phone": "msisdn",
    "name": "name", "payername": "name", "amount": "amount", "fee": "fee", "currency": "currency",
    "ccy": "currency", "at": "at", "occurredat": "at", "datetime": "at", "date": "at", "status": "status",
    "batch": "batch", "settlementid": "batch", "batchid": "batch",
}  # fmt: skip
STATUS_WORDS = {
    **dict.fromkeys(("success", "successful", "completed", "settled", "paid", "ok"), "success"),
    **dict.fromkeys(("failed", "declined", "cancelled", "expired"), "failed"),
    "pending": "pending",
}
# Money in and money out in columns of their own, as many banks have them, instead of `amount`.
IN_AND_OUT = ("credit", "debit")
MAPPED = (*FIELDS, *IN_AND_OUT)
SIDES = ("left", "right")
LARGEST_MAP = 256 * 1024
_HOW = {"time_zone", "date_order", "decimal", "default_currency", "statuses", "sheet"}


class MapRefused(Refused):
    """The map of columns cannot be used; the text says what to write instead."""

    code = "map.not_readable"


@dataclass(frozen=True)
class ColumnMap:
    """How one side is read. `columns` names the column of a field; the rest is recognised by name.

    Money is in `amount`, or in `credit` less `debit`, whatever sign the debit is written with.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = "UTC"
    date_order: DateOrder = "ymd"
    decimal: DecimalSign = "."
    default_currency: str = ""
    sheet: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a map file has it: what `map_of` reads back as the same map."""
        found: dict[str, Any] = {name: self.columns[name] for name in MAPPED if name in self.columns}
        if self.statuses:
            found["statuses"] = dict(self.statuses)
        found |= {"time_zone": self.time_zone, "date_order": self.date_order, "decimal": self.decimal}
        found |= {name: value for name in ("default_currency", "sheet") if (value := getattr(self, name))}
        return found

    @property
    def money(self) -> tuple[str, ...]:
        """The mapped columns that hold money moved: that of the amount, or those of money in and out."""
        names = ("amount",) if "amount" in self.columns else IN_AND_OUT
        return tuple(self.columns[name] for name in names if name in self.columns)

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Field to the place of its column. Raises MapRefused for a mapped column there is not."""
        keys = [header_key(name) for name in header]
        found: dict[str, int] = {}
        for name, column in self.columns.items():
            if header_key(column) not in keys:
                raise MapRefused(
                    f"The map says that {name} stands in {column!r}; the file has {', '.join(header[:40])}."
                )
            found[name] = keys.index(header_key(column))
        for place, key in enumerate(keys):
            name = NAMES.get(key, "")
            if name and name not in found and place not in found.values():
                if name == "amount" and any(each in found for each in IN_AND_OUT):
                    continue
                found[name] = place
        return found

    def status_of(self, word: str) -> str | None:
        """success, pending or failed; None for a word nobody has explained."""
        key = word.strip().casefold()
        return self.statuses.get(key) or STATUS_WORDS.get(key)


def load_maps(path: Path) -> dict[str, ColumnMap]:
    """The maps of both sides in a YAML or JSON file: under `left` and `right`, or one for both."""
    try:
        if path.stat().st_size > LARGEST_MAP:
            raise MapRefused(f"{path.name} is larger than any map of columns.")
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as problem:
        raise MapRefused(f"{path.name} is not text in UTF-8.") from problem
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        raise MapRefused(f"{path.name} is no YAML or JSON: {str(problem).splitlines()[0]}.") from problem
    if not isinstance(given, dict):
        raise MapRefused(f"{path.name} names fields and their columns, such as `amount: Paid In`.")
    if set(given) <= set(SIDES):
        return {side: map_of(given.get(side) or {}, f"{path.name}, {side}") for side in SIDES}
    return dict.fromkeys(SIDES, map_of(given, path.name))


def map_of(given: Any, where: str) -> ColumnMap:
    """The map of one side in plain values. Raises MapRefused with a sentence that begins with `where`."""
    if not isinstance(given, dict):
        raise MapRefused(f"{where}: write fields and their columns, such as `amount: Paid In`.")
    columns: dict[str, str] = {}
    for name, value in given.items():
        if name in MAPPED and isinstance(value, str | int):
            columns[name] = str(value)
        elif name not in _HOW:
            known = ", ".join((*MAPPED, *sorted(_HOW)))
            raise MapRefused(f"{where}: there is no field {name!r} with a column name; there are {known}.")
    found = ColumnMap(
        columns=columns,
        statuses=_statuses(given.get("statuses", {}), where),
        time_zone=str(given.get("time_zone", "UTC")),
        date_order=cast("DateOrder", _one_of(given, "date_order", ("ymd", "dmy", "mdy"), where)),
        decimal=cast("DecimalSign", _one_of(given, "decimal", (".", ","), where)),
        default_currency=str(given.get("default_currency", "")).upper(),
        sheet=str(given.get("sheet", "")),
    )
    if "amount" in columns and any(name in columns for name in IN_AND_OUT):
        raise MapRefused(f"{where}: map one amount, or credit and debit, not both.")
    try:
        zone_of(found.time_zone)
    except ValueError as problem:
        raise MapRefused(f"{where}: {problem}") from problem
    currency = found.default_currency
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise MapRefused(f"{where}: {currency!r} is no currency; write a code such as GHS.")
    return found


def _statuses(given: Any, where: str) -> dict[str, str]:
    meanings: tuple[Literal["success", "pending", "failed"], ...] = ("success", "pending", "failed")
    if not isinstance(given, dict) or any(value not in meanings for value in given.values()):
        raise MapRefused(f"{where}: statuses say of each word whether it is success, pending or failed.")
    return {str(word).strip().casefold(): str(meaning) for word, meaning in given.items()}


def _one_of(given: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str) -> str:
    value = given.get(name, allowed[0])
    if value not in allowed:
        raise MapRefused(f"{where}: {name} is one of {', '.join(allowed)}, not {value!r}.")
    return str(value)
