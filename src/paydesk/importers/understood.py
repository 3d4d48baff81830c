"""Every format there is, as one list: importers, built-in profiles, and what can only be mapped."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from paydesk.importers.about import About, about_of
from paydesk.importers.not_public import NOT_PUBLIC
from paydesk.importers.profiles import builtin
from paydesk.importers.registry import IMPORTERS

How = Literal["importer", "profile", "mapping"]
HOWS: dict[How, str] = {
    "importer": "Read as they are",
    "profile": "Read by a profile that knows their header",
    "mapping": "Read once a person has mapped their columns",
}


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is what `--format` takes, "" where there is none; `how` it is read."""

    name: str
    how: How
    about: About

    def as_json(self) -> dict[str, Any]:
        """The format as plain values."""
        return {"name": self.name or None, "how": self.how, **asdict(self.about)}


def formats() -> list[Format]:
    """Importers in the order in which they are tried, then profiles, then what nobody has published."""
    return [
        *(Format(each.name, "importer", about_of(each)) for each in IMPORTERS),
        *(Format(each.name, "profile", each.about) for each in builtin()),
        *(Format("", "mapping", each) for each in NOT_PUBLIC),
    ]
