"""What a record of the audit trail says, in words a person reads: what was done, to what, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.addresses import PAGES, page_of
from paydesk.web.trail.verbs_of_cases import OF_CASES
from paydesk.web.trail.verbs_of_money import OF_MONEY
from paydesk.web.trail.verbs_of_the_desk import OF_THE_DESK

if TYPE_CHECKING:
    from paydesk.foundation.audit.models import AuditRecord

VERB_WORDS = OF_CASES | OF_MONEY | OF_THE_DESK


@dataclass(frozen=True, slots=True)
class Done:
    """One record in words. `url` is the page of what it was done to, "" where there is none."""

    at: datetime
    by: str
    words: str
    subject: str
    url: str
    changes: str


def done_words(
    records: Iterable[AuditRecord], names: Mapping[str, str], *, about_others: bool = False
) -> list[Done]:
    """Records as a person reads them; `about_others` names what each was done to."""
    return [
        Done(
            at=record.at,
            by=names[record.actor],
            words=verb_words(record.verb),
            subject=subject_words(record.subject_kind, record.subject_id) if about_others else "",
            url=subject_page(record.subject_kind, record.subject_id),
            changes=change_words(record.changes),
        )
        for record in records
    ]


def verb_words(verb: str) -> str:
    """ "contract.activated" as a sentence without its subject; a verb that is not listed in its own words."""
    return VERB_WORDS.get(verb, verb.replace(".", " ").replace("_", " "))


def subject_words(kind: str, subject_id: str) -> str:
    """A public code where the thing has one, else its kind and id."""
    if kind in PAGES and subject_id.isdigit():
        return code_of(PAGES[kind][0], int(subject_id))
    return f"{kind.replace('_', ' ')} {subject_id}"


def subject_page(kind: str, subject_id: str) -> str:
    return page_of(kind, int(subject_id)) if kind in PAGES and subject_id.isdigit() else ""


def change_words(changes: dict[str, Any]) -> str:
    """What changed as "state deposit paid → active; rows 1 to 7"; "" when nothing is told."""
    currency = changes.get("currency")
    if not isinstance(currency, str) or not any(name.endswith("_minor") for name in changes):
        return "; ".join(_change(name, value) for name, value in changes.items())
    told = {
        name: _amounts(value, currency) if name.endswith("_minor") else value
        for name, value in changes.items()
        if name != "currency"
    }
    return "; ".join(_change(name.removesuffix("_minor"), value) for name, value in told.items())


def _amounts(value: Any, currency: str) -> Any:
    """Minor units as the money they are, one or several."""
    if isinstance(value, list):
        return [_amounts(each, currency) for each in value]
    return str(Money(value, currency)) if isinstance(value, int) and not isinstance(value, bool) else value


def _change(name: str, value: Any) -> str:
    words = name.removesuffix("_id").removesuffix("_minor").replace("_", " ")
    if name == "rows" and isinstance(value, list):
        return f"rows {' to '.join(_value(each, name) for each in value)}"
    unit = " minor units" if name.endswith("_minor") else ""
    if isinstance(value, list) and len(value) == 2 and not isinstance(value[0], (list, dict)):
        was, becomes = (_value(each, name) for each in value)
        return f"{words} {becomes}{unit}" if was == becomes else f"{words} {was} → {becomes}{unit}"
    if isinstance(value, list):
        return f"{words} {', '.join(_value(each, name) for each in value) or 'none'}"
    return f"{words} {_value(value, name)}{unit}"


def _value(value: Any, name: str) -> str:
    """One value; an id that has a page stands there as its public code, a long hash by its beginning."""
    kind = name.removesuffix("_id")
    if name.endswith("_id") and kind in PAGES and isinstance(value, int):
        return code_of(PAGES[kind][0], value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(_value(each, name) for each in value) or "none"
    if isinstance(value, dict):
        return change_words(value) or "none"
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text.replace("_", " ")
