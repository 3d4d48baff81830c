"""What we know about a format: whose it is, where we know it from, how sure that is, what is missing.

Every importer class carries one as `about`, every built-in profile in its JSON; `./paydesk formats` lists
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# official: a published specification or the provider's own documentation. samples: real files of it, with
# what their origin's tests expect. integration_code: what other people's importers or integrations say.
# by_example: made up by us after the provider's other messages; no public source shows it.
Source = Literal["official", "samples", "integration_code", "by_example", "not_public"]
SOURCES: dict[Source, str] = {
    "official": "official documents",
    "samples": "real files",
    "integration_code": "other people's integration code",
    "by_example": "by example, not official",
    "not_public": "no public source",
}
# high: official documents and real files agree. medium: one of them, or several independent second-hand
# sources. low: one second-hand source or less; a person should look at the first file.
Sure = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class About:
    """What a person should know before trusting a format.

    title: what it is called, "MT940 statement". provider: who sends it, "banks", "Stripe". sources: where
    we know it from, the best first. source: the same in a sentence that names documents and files. versions:
    which are read, "001.01 to 001.14". known_missing: what such files may hold that is not read, or is not
    known, one sentence each.
    """

    title: str
    provider: str = ""
    sources: tuple[Source, ...] = ()
    source: str = ""
    sure: Sure = "low"
    versions: str = ""
    known_missing: tuple[str, ...] = ()


def about_of(importer: object) -> About:
    """The `about` of an importer class or object; one that only names it where it has none."""
    found = getattr(importer, "about", None)
    return found if isinstance(found, About) else About(title=str(getattr(importer, "name", importer)))
