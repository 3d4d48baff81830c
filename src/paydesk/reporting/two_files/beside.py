"""Two lines beside each other, field by field: what each says, and whether they differ as compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from paydesk.importers.amounts import plain_text
from paydesk.kernel.references import key_of
from paydesk.matching.values import major, phone_key

FIELD_WORDS = {
    "id": "Id", "reference": "Reference", "provider_ref": "Provider id", "amount": "Amount", "fee": "Fee",
    "currency": "Currency", "at": "When", "status": "Status", "account": "Account", "msisdn": "Phone",
    "name": "Name", "batch": "Batch or settlement",
}  # fmt: skip
# What the passes compare; a difference in the others is shown and is nothing of itself.
DECIDING = ("reference", "provider_ref", "amount", "fee", "currency", "at", "status", "msisdn", "batch")


@dataclass(frozen=True)
class Side:
    """One field as both lines have it. `mark` is "same", "differs", "near" for times within a day, "one"
    where one alone says it, or "" where nothing is compared; `apart` says by how much, as text."""

    name: str
    words: str
    left: str
    right: str
    mark: str
    apart: str = ""


def beside(left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> list[Side]:
    """Every field that either line says something in. A line that is not there leaves its side empty."""
    return [each for name in FIELD_WORDS if (each := _side(name, left, right)) is not None and _is_said(each)]


def _is_said(each: Side) -> bool:
    return bool(each.left or each.right)


def _side(name: str, left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> Side | None:
    ours, theirs = (line[name] if line is not None else None for line in (left, right))
    if name == "fee" and not ours and not theirs:
        return None
    if name == "batch" and not ours and not theirs:
        return None
    texts = [_text(name, line) for line in (left, right)]
    mark, apart = "", ""
    if name != "id" and left is not None and right is not None:
        mark, apart = _compared(name, ours, theirs)
    return Side(name, FIELD_WORDS[name], texts[0], texts[1], mark, apart)


def _text(name: str, line: Mapping[str, Any] | None) -> str:
    if line is None or line[name] is None:
        return ""
    if name in ("amount", "fee"):
        return amount_text(line[name])
    if name == "at":
        return time_text(line[name])
    return str(line[name])


def amount_text(millionths: int) -> str:
    """An amount of a side as people read it: two decimals at least, grouped, a true minus."""
    amount = major(millionths)
    digits = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:,.{digits}f}".replace("-", "\u2212")


def time_text(at: int) -> str:
    """An instant in UTC; a midnight is shown as its day, because a day alone is read so."""
    found = datetime.fromtimestamp(at, UTC)
    return f"{found:%Y-%m-%d}" if at % 86_400 == 0 else f"{found:%Y-%m-%d %H:%M:%S}"


def _compared(name: str, ours: Any, theirs: Any) -> tuple[str, str]:
    if name == "at":
        return _times(ours, theirs)
    if name in ("amount", "fee"):
        apart = "" if ours == theirs else plain_text(major(abs(ours - theirs)))
        return ("same", "") if ours == theirs else ("differs", f"by {apart}")
    if not ours or not theirs:
        return ("one", "") if ours or theirs else ("", "")
    if name in ("reference", "provider_ref", "batch", "account"):
        same = key_of(ours) == key_of(theirs)
    elif name == "msisdn":
        same = phone_key(ours, 9) == phone_key(theirs, 9)
    else:
        same = str(ours).casefold() == str(theirs).casefold()
    return ("same", "") if same else ("differs", "")


def _times(ours: int | None, theirs: int | None) -> tuple[str, str]:
    if ours is None or theirs is None:
        return ("one", "") if ours is not None or theirs is not None else ("", "")
    seconds = abs(ours - theirs)
    if not seconds:
        return "same", ""
    days, hours, minutes = seconds // 86_400, seconds // 3_600, seconds // 60
    for count, word in ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second")):
        if count:
            return "differs" if days else "near", f"{count} {word}{'' if count == 1 else 's'} apart"
    return "same", ""
