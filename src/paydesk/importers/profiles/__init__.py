"""Mappings that ship with paydesk, as data: one JSON file per export, recognised by its header."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from paydesk.importers.about import SOURCES, About, Source, Sure
from paydesk.importers.delimited.mapping import Mapping, header_key


@dataclass(frozen=True)
class Profile:
    """A mapping with a name. `describes` says what it is by (official, by example); `needs` are the columns,
    each with its other names, that all have to be in a header for it to be recognised. `notice` is said with
    every file read by it. `provider` is a hint for the source account: "hubtel", "mpesa". `about` says the
    same to `./paydesk formats`, with what else the file has under "sources", "sure" and "known_missing".
    """

    name: str
    label: str
    provider: str
    describes: str
    notice: str
    needs: tuple[tuple[str, ...], ...]
    mapping: Mapping
    about: About

    def fits(self, header: Iterable[str]) -> bool:
        """Whether every needed column is in `header`, under any of its names."""
        keys = {header_key(name) for name in header}
        return all(any(header_key(name) in keys for name in names) for names in self.needs)


@cache
def builtin() -> list[Profile]:
    """Every built-in profile, the strictest (most needed columns) first. Do not change the list."""
    found = [
        _profile_of(json.loads(entry.read_text(encoding="utf-8")))
        for entry in files(__name__).iterdir()
        if entry.name.endswith(".json")
    ]
    return sorted(found, key=lambda profile: (-len(profile.needs), profile.name))


def recognise(header: Iterable[str]) -> Profile | None:
    """The built-in profile whose needed columns are all in `header` (names as written), or None."""
    names = list(header)
    return next((profile for profile in builtin() if profile.fits(names)), None)


def named(name: str) -> Profile | None:
    """The built-in profile called `name`, or None."""
    return next((profile for profile in builtin() if profile.name == name), None)


def _profile_of(values: dict[str, object]) -> Profile:
    needs, mapping, missing = values["needs"], values["mapping"], values.get("known_missing", [])
    assert isinstance(needs, list)
    assert isinstance(mapping, dict)
    assert isinstance(missing, list)
    return Profile(
        name=str(values["name"]),
        label=str(values["label"]),
        provider=str(values["provider"]),
        describes=str(values["describes"]),
        notice=str(values["notice"]),
        needs=tuple(tuple(names) for names in needs),
        mapping=Mapping.from_json(mapping),
        about=About(
            title=str(values["label"]),
            provider=str(values["provider"]),
            sources=_sources_of(values.get("sources", [])),
            source=str(values["describes"]),
            sure=cast("Sure", values.get("sure", "low")),
            known_missing=tuple(map(str, missing)),
        ),
    )


def _sources_of(names: object) -> tuple[Source, ...]:
    assert isinstance(names, list)
    assert set(names) <= set(SOURCES), f"A source is one of {', '.join(SOURCES)}."
    return tuple(names)
