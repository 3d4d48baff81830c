"""Explanations as screens show them: field by field with its weight, the runner-up, what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from paydesk.kernel.money import Money, exact_minor
from paydesk.web.addresses import code_in, page_of

MINUS = "\u2212"
# How the two sides of a field agree: its word and the colour of it.
LEVELS = {
    "equal": ("the same", "settled"),
    "look-alike": ("looks alike", "moving"),
    "in text": ("stands in the text", "moving"),
    "transposed": ("two characters swapped", "moving"),
    "one character": ("one character off", "moving"),
    "in part": ("the same in part", "moving"),
    "masked": ("what is visible is the same", "moving"),
    "within window": ("near enough", "moving"),
    "differs": ("differs", "failed"),
    "missing": ("", "idle"),
}
FIELD_WORDS = {
    "provider_ref": "Id of the provider", "reference": "Reference", "phone": "Phone",
    "account": "Account", "name": "Name", "amount": "Moved, net", "currency": "Currency",
    "status": "Status", "fee": "Fee kept back", "at": "Time (UTC)", "lines": "Rows", "net": "They come to",
    "kind": "Kind", "settlement": "Settlement",
}  # fmt: skip
AMOUNTS = ("amount", "fee", "net")
PARTS = (
    ("fee", "A fee"), ("fx", "An exchange difference"), ("rounding", "Rounding"),
    ("unexplained", "Not explained"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WhyField:
    """One field of two rows; `weight` in bits, for or against, `shared` on how many rows the value stands."""

    name: str
    words: str
    left: Any
    right: Any
    level: str
    level_words: str
    family: str
    weight: str
    shared: str

    @property
    def alone(self) -> Any:
        """The value where only one side has a row."""
        return self.left or self.right

    @property
    def differs(self) -> bool:
        return self.level == "differs"


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation ready to be shown."""

    sentence: str
    rule: str
    version: str
    decision: str
    fields: list[WhyField]
    residual: list[tuple[str, Money]]
    runner_up: str
    runner_up_url: str
    runner_up_score: str
    would_change: list[str]
    actor: str
    one_side: str  # "left" or "right" where only the one has a row, else ""


def why_of(told: Mapping[str, Any], *, actor: str = "") -> Why | None:
    """What a stored explanation shows; None where there is none."""
    if not told.get("sentence"):
        return None
    currency = told.get("currency") or ""
    name, url = row_named(told.get("runner_up") or "")
    fields = [each for each in (_field(field, currency) for field in told.get("fields", [])) if each]
    sides = [any(getattr(each, side) for each in fields) for side in ("left", "right")]
    return Why(
        told["sentence"],
        told.get("rule") or "",
        told.get("rules_version") or "",
        _decision(told),
        fields,
        _residual(told.get("residual") or {}, currency),
        name,
        url,
        _certainty(told.get("runner_score") or 0),
        [] if told.get("actor", "rule") != "rule" else list(told.get("would_change", [])),
        actor,
        "" if all(sides) or not any(sides) else "left" if sides[0] else "right",
    )


def _decision(told: Mapping[str, Any]) -> str:
    score = told.get("score") or 0
    if told.get("class") == "not_offered":
        return f"certainty {_certainty(score)}"
    if told.get("status") == "suggested":
        return f"suggested, certainty {_certainty(score)}"
    if told.get("status") == "confirmed":
        return f"confirmed, certainty {_certainty(score)}" if score else "confirmed"
    return f"not proven; its best certainty was {_certainty(score)}" if score else "not proven"


def _certainty(score: int) -> str:
    """Thousandths as per cent: 987 is "98.7 %"."""
    return f"{score // 10}.{score % 10} %" if score else ""


def _field(field: Mapping[str, Any], currency: str) -> WhyField | None:
    left, right = (_value(field["name"], field[side], currency) for side in ("left", "right"))
    if not left and not right or field["name"] == "fee" and not _is_anything(field):
        return None
    words, family = LEVELS.get(field["level"], (field["level"], "idle"))
    return WhyField(
        field["name"], FIELD_WORDS.get(field["name"], field["name"].replace("_", " ").capitalize()), left,
        right, field["level"], words, family, _weight(field.get("weight") or 0), _shared(field),
    )  # fmt: skip


def _is_anything(field: Mapping[str, Any]) -> bool:
    return any(str(field[side]) not in ("", "0") for side in ("left", "right"))


def _value(name: str, text: str, currency: str) -> Any:
    if not text:
        return ""
    if name in AMOUNTS and currency:
        try:
            minor = exact_minor(Decimal(text), currency)
        except InvalidOperation:
            return text
        return text if minor is None else Money(minor, currency)
    if name == "at":
        try:
            return f"{datetime.fromisoformat(text):%-d %b %Y %H:%M:%S}"
        except ValueError:
            return text
    return text


def _weight(weight: int) -> str:
    """Thousandths of a bit: 20000 is "+20.0"."""
    if not weight:
        return ""
    tenths = (abs(weight) + 50) // 100
    return f"{'+' if weight > 0 else MINUS}{tenths // 10}.{tenths % 10}"


def _shared(field: Mapping[str, Any]) -> str:
    ours, theirs = field.get("left_uses") or 0, field.get("right_uses") or 0
    if not ours and not theirs:
        return ""
    if ours <= 1 and theirs <= 1:
        return "nowhere else"
    return f"on {ours:,} of ours, {theirs:,} of theirs"


def _residual(parts: Mapping[str, str], currency: str) -> list[tuple[str, Money]]:
    found = []
    for name, words in PARTS:
        minor = exact_minor(Decimal(parts.get(name) or 0), currency) if currency else None
        if minor:
            found.append((words, Money(minor, currency)))
    return found


def row_named(key: str) -> tuple[str, str]:
    """What a row is called, and its page: of a payment its code, of a row of the ledger its number."""
    kind, _, number = key.partition(":")
    if kind == "payment" and number.isdigit():
        return code_in("payment", int(number)), page_of("payment", int(number))
    if kind == "line" and number.isdigit():
        return f"row {number} of the ledger", ""
    if kind == "batch" and number.isdigit():
        return f"batch {number}", ""
    return ("another row of the provider" if key else ""), ""
