"""How two lines agree, field by field, and what each field weighs. Plain Python: scores and explanations come
from the same lines of code.

Weights are thousandths of a bit, as Fellegi and Sunter weigh: log2 of how much likelier the agreement is for
one payment than for two that have nothing to do with each other. How likely it is for two strangers is
counted in the files: an amount that thousands share says next to nothing.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from paydesk.kernel.references import key_of

Line = Mapping[str, Any]
EQUAL, LOOK_ALIKE, IN_TEXT, TRANSPOSED, ONE = "equal", "look-alike", "in text", "transposed", "one character"
IN_PART, MASKED, WITHIN, DIFFERS, MISSING = "in part", "masked", "within window", "differs", "missing"
AGREE = frozenset({EQUAL, LOOK_ALIKE, IN_TEXT, TRANSPOSED, ONE, IN_PART, MASKED, WITHIN})
# Fields that say who paid or for what; a pair needs one of them, because amount and time alone prove nothing.
TELLING = ("phone", "reference", "account", "name")
SURE = ("phone", "reference")  # of these one has to agree before a pair confirms alone
SMOOTHING = {
    "provider_ref": 1_000,
    "reference": 1_000,
    "phone": 1_000,
    "account": 1_000,
    "name": 300,
    "amount": 30,
}  # lines added that have another value
ORDER = ("provider_ref", "reference", "phone", "account", "name", "amount", "currency", "status", "fee", "at")
SHOWN = ("reference", "account", "name", "amount", "currency", "status", "fee", "at")
LOOK_ALIKES = str.maketrans("OIS", "015")
TITLES = frozenset({"MR", "MRS", "MS", "MISS", "DR", "MME", "CHIEF", "ALHAJI", "HON", "REV"})
MASK = re.compile(r"[*xX\u2022]")
_WORDS = re.compile(r"[0-9A-Za-z]+")
FEWEST_VISIBLE = 3


@dataclass(frozen=True)
class Field:
    """One field of two lines: as they say it (amounts in millionths), how far it agrees, its weight in
    thousandths of a bit, and on how many lines of each side the value stands (0 where it was not counted)."""

    name: str
    left: object
    right: object
    level: str
    weight: int = 0
    left_uses: int = 0
    right_uses: int = 0


@dataclass
class Usage:
    """On how many lines of the left and of the right side a value of a field stands, and of how many."""

    lines: int = 0
    counts: dict[tuple[str, object], tuple[int, int]] = field(default_factory=dict)
    by_day: dict[int, int] = field(default_factory=dict)

    def of(self, name: str, value: object) -> tuple[int, int]:
        return self.counts.get((name, value), (0, 0))


@lru_cache(maxsize=100_000)
def bits(number: int) -> int:
    """log2 in thousandths."""
    return round(1_000 * math.log2(number))


def fields(left: Line, right: Line, usage: Usage, weights: Mapping[str, int]) -> tuple[Field, ...]:
    """Every field of two lines."""
    found = (
        _provider_id(left, right, usage, weights),
        _reference(left, right, usage, weights),
        _phone(left, right, usage, weights),
        _account(left, right, usage, weights),
        _name(left, right, usage, weights),
        _amount(left, right, usage, weights),
        _plain("currency", left, right),
        _plain("status", left, right),
        _fee(left, right),
        _time(left, right, weights),
    )
    return found


def fields_alone(line: Line, usage: Usage, *, is_left: bool) -> tuple[Field, ...]:
    """What a line says that nothing stands beside, with how many lines share each value."""
    counted = {
        "provider_ref": ("provider_key", line["provider_key"]),
        "reference": ("reference_key", line["reference_key"]),
        "phone": ("phone", line["phone"]),
        "account": ("account", line["account"]),
        "name": ("name", line["name"]),
        "amount": ("amount", (line["amount"], line["currency"], line["day"])),
    }
    told = {
        **{name: line[name] for name in SHOWN},
        "provider_ref": line["provider_key"] or "",
        "phone": line["msisdn"],
    }
    return tuple(
        Field(name, value if is_left else "", "" if is_left else value, MISSING, 0, *usage.of(*counted[name]))
        if name in counted
        else Field(name, value if is_left else "", "" if is_left else value, MISSING)
        for name, value in ((name, told[name]) for name in ORDER)
    )


def rarity(name: str, uses: tuple[int, int], lines: int, most: int) -> int:
    """The weight of a value that stands on so many lines: `most` for one line, less the more share it."""
    others = max(*uses, 1) - 1
    return most if not others else max(0, min(most, bits(lines + SMOOTHING[name]) - bits(others)))


def _provider_id(left: Line, right: Line, usage: Usage, weights: Mapping[str, int]) -> Field:
    ours, theirs = left["provider_key"], right["provider_key"]
    if not ours or not theirs:
        return Field("provider_ref", ours or "", theirs or "", MISSING)
    if ours == theirs:
        uses = usage.of("provider_key", ours)
        weight = rarity("provider_ref", uses, usage.lines, weights["provider_ref"])
        return Field("provider_ref", ours, theirs, EQUAL, weight, *uses)
    return Field("provider_ref", ours, theirs, likeness(ours, theirs) or DIFFERS)


def _reference(left: Line, right: Line, usage: Usage, weights: Mapping[str, int]) -> Field:
    told = (left["reference"], right["reference"])
    ours, theirs = left["reference_key"], right["reference_key"]
    if not ours or not theirs:
        return Field("reference", *told, MISSING)
    if ours == theirs:
        # A run has counted what is left already.
        uses = usage.counts.get(("reference_key", ours)) or (
            left.get("left_uses", 0),
            left.get("right_uses", 0),
        )
        return Field(
            "reference", *told, EQUAL, rarity("reference", uses, usage.lines, weights["reference"]), *uses
        )
    level = likeness(ours, theirs)
    if level is None and (ours in text_keys(told[1]) or theirs in text_keys(told[0])):
        level = IN_TEXT
    weight = {
        IN_TEXT: weights["reference_in_text"],
        LOOK_ALIKE: weights["reference_look_alike"],
        TRANSPOSED: weights["reference_transposed"],
        ONE: weights["reference_one_character"],
        None: -weights["reference_differs"],
    }[level]
    return Field("reference", *told, level or DIFFERS, weight)


def likeness(one: str, other: str) -> str | None:
    """How near two keys are: look-alike, transposed or one character; None for further apart."""
    one, other = one.translate(LOOK_ALIKES), other.translate(LOOK_ALIKES)
    if one == other:
        return LOOK_ALIKE
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return None
    start = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) == len(longer):
        if shorter[start + 1 :] == longer[start + 1 :]:
            return ONE
        swapped = longer[start : start + 2][::-1]
        return (
            TRANSPOSED
            if shorter[start : start + 2] == swapped and shorter[start + 2 :] == longer[start + 2 :]
            else None
        )
    return ONE if shorter[start:] == longer[start + 1 :] else None


def text_keys(text: str, most_words: int = 8) -> set[str]:
    """The references that may stand within a text: its words, two and three of them together."""
    words = [key_of(word) for word in _WORDS.findall(text)[:most_words]]
    if len(words) < 2:
        return set()
    found = {"".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)}
    return {key for key in found if len(key) >= 4 and any(mark.isdigit() for mark in key)}


def _phone(left: Line, right: Line, usage: Usage, weights: Mapping[str, int]) -> Field:
    told = (left["msisdn"], right["msisdn"])
    ours, theirs = left["phone"], right["phone"]
    if ours and theirs:
        if ours != theirs:
            return Field("phone", *told, DIFFERS, -weights["phone_differs"])
        uses = usage.of("phone", ours)
        return Field("phone", *told, EQUAL, rarity("phone", uses, usage.lines, weights["phone"]), *uses)
    if not all(told) or not any(MASK.search(each) for each in told):
        return Field("phone", *told, MISSING)
    visible = visible_digits(*told)
    if visible is None:
        return Field("phone", *told, DIFFERS, -weights["phone_differs"])
    if visible < FEWEST_VISIBLE:
        return Field("phone", *told, MISSING)
    return Field("phone", *told, MASKED, min(visible * weights["masked_digit"], weights["phone"]))


def visible_digits(one: str, other: str) -> int | None:
    """How many digits at the end both numbers show, all of them the same; None where one differs."""
    tails = [_tail(each) for each in (one, other)]
    size = min(map(len, tails))
    same = size and tails[0][-size:] == tails[1][-size:]
    return size if same or not size else None


def _tail(number: str) -> str:
    """The digits after the mask; without a mask the last nine."""
    parts = MASK.split(number)
    return re.sub(r"[^0-9]", "", parts[-1])[-9:]


def _account(left: Line, right: Line, usage: Usage, weights: Mapping[str, int]) -> Field:
    told = (left["account"], right["account"])
    ours, theirs = key_of(told[0]), key_of(told[1])
    if not ours or not theirs:
        return Field("account", *told, MISSING)
    if ours != theirs:
        return Field("account", *told, DIFFERS, -weights["account_differs"])
    uses = _larger(usage.of("account", told[0]), usage.of("account", told[1]))
    return Field("account", *told, EQUAL, rarity("account", uses, usage.lines, weights["account"]), *uses)


def _name(left: Line, right: Line, usage: Usage, weights: Mapping[str, int]) -> Field:
    told = (left["name"], right["name"])
    if not all(told):
        return Field("name", *told, MISSING)
    level = names_level(*told)
    if level == DIFFERS:
        return Field("name", *told, DIFFERS, -weights["name_differs"])
    uses = _larger(usage.of("name", told[0]), usage.of("name", told[1]))
    most = weights["name" if level == EQUAL else "name_in_part"]
    return Field("name", *told, level, rarity("name", uses, usage.lines, most), *uses)


def _larger(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), max(one[1], other[1])


@lru_cache(maxsize=100_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name without accents, titles and order."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = [word for word in re.split(r"[^A-Z0-9]+", plain.replace("'", "")) if word and word not in TITLES]
    return tuple(sorted(words))


def names_level(one: str, other: str) -> str:
    """Whether two names are the same, in part, or differ; the order of the words is free."""
    fewer, more = sorted((name_words(one), name_words(other)), key=len)
    if not fewer:
        return MISSING if not more else DIFFERS
    if fewer == more:
        return EQUAL
    rest, whole = list(more), 0
    for word in sorted(fewer, key=len, reverse=True):
        if word in rest:
            rest.remove(word)
            whole += 1
            continue
        initial = next((each for each in rest if each[0] == word[0] and 1 in (len(each), len(word))), None)
        if initial is None:
            return DIFFERS
        rest.remove(initial)
    return IN_PART if whole and len(more) > 1 else DIFFERS


def _amount(left: Line, right: Line, usage: Usage, weights: Mapping[str, int]) -> Field:
    told = (left["amount"], right["amount"])
    uses = usage.of("amount", (left["amount"], left["currency"], left["day"]))
    if left["amount"] != right["amount"]:
        return Field("amount", *told, DIFFERS, -weights["amount"], *uses)
    lines = usage.by_day.get(left["day"], usage.lines)
    return Field("amount", *told, EQUAL, rarity("amount", uses, lines, weights["amount"]), *uses)


def _plain(name: str, left: Line, right: Line) -> Field:
    return Field(name, left[name], right[name], EQUAL if left[name] == right[name] else DIFFERS)


def _fee(left: Line, right: Line) -> Field:
    told = (left["fee"], right["fee"])
    if left["fee"] == right["fee"]:
        return Field("fee", *told, EQUAL if left["fee"] else MISSING)
    return Field("fee", *told, DIFFERS if left["fee"] and right["fee"] else MISSING)


def _time(left: Line, right: Line, weights: Mapping[str, int]) -> Field:
    ours, theirs = left["at"], right["at"]
    if ours is None or theirs is None:
        return Field("at", ours, theirs, MISSING)
    minutes = abs(ours - theirs) // 60
    return Field("at", ours, theirs, WITHIN if minutes else EQUAL, weights["nearness"] - bits(1 + minutes))
