"""A saved file profile in words: which columns of the file feed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from paydesk.importers.delimited.mapping import FIELD_WORDS

if TYPE_CHECKING:
    from paydesk.domain.providers.models import FileProfile


@dataclass(frozen=True, slots=True)
class ShownProfile:
    """A profile with the header it is recognised by and the columns it reads."""

    profile: FileProfile
    by: str
    header: list[str]
    columns: list[tuple[str, str]]
    facts: list[tuple[str, str]]


def shown_profiles(profiles: Iterable[FileProfile], names: Mapping[str, str]) -> list[ShownProfile]:
    return [
        ShownProfile(
            profile=profile,
            by=names[profile.created_by],
            header=list(profile.mapping.get("header", [])),
            columns=[
                (FIELD_WORDS.get(cast("Any", field), field), " or ".join(columns))
                for field, columns in profile.mapping.get("columns", {}).items()
            ],
            facts=_facts(profile.mapping),
        )
        for profile in profiles
    ]


def _facts(mapping: Mapping[str, Any]) -> list[tuple[str, str]]:
    orders = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
    return [
        ("Dates", orders.get(mapping.get("date_order", ""), "")),
        ("Clock", str(mapping.get("time_zone", ""))),
        ("Decimal sign", str(mapping.get("decimal", ""))),
        ("Currency", str(mapping.get("currency") or "as each row says")),
    ]
