"""The rules of matching as data: named, ordered, versioned, checked when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml

from paydesk.kernel.refused import Refused

DEFAULT = Path(__file__).with_name("rules.yaml")
LARGEST_FILE = 256 * 1024
KEYS = ("provider_ref", "reference", "batch")
# What each kind of pass takes: the keys it may compare, and per number its least and most.
NUMBERS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "exact": {"days": (0, 366), "minutes": (1, 10_080)},
    "groups": {"days": (0, 366)},
    "differing": {"days": (0, 366), "minutes": (1, 10_080)},
    "duplicates": {"hours": (1, 8_784), "minutes": (1, 1_440)},
    "reversals": {},
    "derived": {
        "minutes": (1, 1_440),
        "days": (0, 31),
        "auto": (500, 1_001),
        "suggest": (500, 1_000),
        "margin": (1, 1_000),
    },
    "covering": {"days": (0, 31), "lines": (2, 16), "score": (0, 1_000)},
    "alone": {"days": (0, 31), "score": (0, 1_000)},
}
KEYED: Mapping[str, tuple[str, ...]] = {
    "exact": ("provider_ref", "reference"),
    "groups": ("batch", "reference"),
    "differing": ("provider_ref", "reference"),
}
EVIDENCE = {"shortest_reference": (1, 40), "phone_digits": (6, 15)}
BITS = (0, 40_000)
# What a field weighs at most when it agrees, in thousandths of a bit; the names that end in _differs weigh
# against.
WEIGHTS = {
    "provider_ref": BITS,
    "reference": BITS,
    "phone": BITS,
    "masked_digit": BITS,
    "account": BITS,
    "name": BITS,
    "name_in_part": BITS,
    "amount": BITS,
    "nearness": BITS,
    "reference_in_text": BITS,
    "reference_look_alike": BITS,
    "reference_transposed": BITS,
    "reference_one_character": BITS,
    "phone_differs": BITS,
    "account_differs": BITS,
    "name_differs": BITS,
    "reference_differs": BITS,
}
CLOCKS = {"stale_days": (0, 366), "bank_days": (0, 366), "carry_over_minutes": (0, 1_440)}
RATE_CARD = {
    "bps": (0, 10_000),
    "fixed": (0, 999_999_999),
    "tolerance": (0, 999_999_999),
    "tolerance_bps": (0, 10_000),
}
RATES = {"spread_bps": (0, 10_000)}


class RulesRefused(Refused):
    """The rules cannot be used; the text names the file and the line."""

    code = "rules.not_readable"


@dataclass(frozen=True)
class Rule:
    """One pass: its name in the results, its kind, the key it compares and its numbers."""

    name: str
    kind: str
    key: str
    numbers: Mapping[str, int]

    def __getitem__(self, number: str) -> int:
        return self.numbers[number]

    def get(self, number: str) -> int | None:
        """The number, or None where the rule leaves it out."""
        return self.numbers.get(number)


@dataclass(frozen=True)
class RateCard:
    """What a provider keeps back: basis points of what moved and an amount a line (millionths). Off by at
    most the larger of `tolerance` a line and `tolerance_bps` of the fee, it is the fee."""

    bps: int
    fixed: int
    tolerance: int
    tolerance_bps: int


@dataclass(frozen=True)
class Clocks:
    """When a line that is alone is more than that: see rules.yaml."""

    stale_days: int
    bank_days: int
    carry_over_minutes: int


@dataclass(frozen=True)
class Rules:
    """A whole file of rules."""

    version: str
    shortest_reference: int
    phone_digits: int
    passes: tuple[Rule, ...]
    weights: Mapping[str, int]
    clocks: Clocks
    rate_bps: int = 0
    rate_card: RateCard | None = None

    def named(self, name: str) -> Rule | None:
        """The rule of that name, also by what its results are called ("reference_differs_by_fee")."""
        return next(
            (rule for rule in self.passes if name == rule.name or name.startswith(f"{rule.name}_by_")), None
        )


def default_rules() -> Rules:
    """The rules that come with paydesk."""
    return load_rules(DEFAULT)


def load_rules(path: Path) -> Rules:
    """The rules in `path`. Raises RulesRefused with the line of what is wrong."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RulesRefused(f"{path.name} is larger than any file of rules.")
        return read_rules(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as problem:
        raise RulesRefused(f"{path.name} is not text in UTF-8.") from problem


def read_rules(text: str, name: str = "rules") -> Rules:
    """The rules in `text`; `name` is what the sentences call the file."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise RulesRefused(f"{name}, line {line}: {problem.problem or 'this is no YAML'}.") from problem
    except (yaml.YAMLError, RecursionError) as problem:
        raise RulesRefused(f"{name} is no YAML: {str(problem).splitlines()[0]}.") from problem
    return _Checked(name).rules(root)


class _Checked:
    """Reads the nodes of one file; every refusal names the line of the node."""

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, node: yaml.Node | None, sentence: str) -> RulesRefused:
        where = f", line {node.start_mark.line + 1}" if node is not None else ""
        return RulesRefused(f"{self.name}{where}: {sentence}")

    def rules(self, root: yaml.Node | None) -> Rules:
        top = self.fields(
            root,
            "the file",
            required=("version", "evidence", "weights", "clocks", "rates", "passes"),
            optional=("rate_card",),
        )
        passes = top["passes"]
        if not isinstance(passes, yaml.SequenceNode) or not passes.value:
            raise self.refuse(passes, "passes is a list of rules, at least one.")
        found: list[Rule] = []
        for node in passes.value:
            rule = self.rule(node)
            if any(rule.name == other.name for other in found):
                raise self.refuse(node, f"there are two rules named {rule.name!r}.")
            found.append(rule)
        return Rules(
            version=self.text(top["version"], "version"),
            **self.numbers(top["evidence"], "evidence", EVIDENCE),
            passes=tuple(found),
            weights=MappingProxyType(self.numbers(top["weights"], "weights", WEIGHTS)),
            clocks=Clocks(**self.numbers(top["clocks"], "clocks", CLOCKS)),
            rate_bps=self.numbers(top["rates"], "rates", RATES)["spread_bps"],
            rate_card=RateCard(**self.numbers(top["rate_card"], "rate_card", RATE_CARD))
            if "rate_card" in top
            else None,
        )

    def numbers(self, node: yaml.Node, what: str, known: Mapping[str, tuple[int, int]]) -> dict[str, int]:
        given = self.fields(node, what, required=tuple(known))
        return {name: self.number(given[name], name, bounds) for name, bounds in known.items()}

    def rule(self, node: yaml.Node) -> Rule:
        given = self.fields(node, "a rule", required=("name", "pass"), any_other=True)
        kind = self.text(given["pass"], "pass")
        if kind not in NUMBERS:
            raise self.refuse(given["pass"], f"there is no pass {kind!r}; there are {', '.join(NUMBERS)}.")
        keys = KEYED.get(kind, ())
        optional = ("minutes",) if kind in ("exact", "differing") else ()
        required = tuple(name for name in NUMBERS[kind] if name not in optional)
        allowed = ("name", "pass", *(("key",) if keys else ()), *required)
        self.fields(node, f"a rule of the pass {kind}", required=allowed, optional=optional)
        key = self.text(given["key"], "key") if keys else ""
        if keys and key not in keys:
            raise self.refuse(given["key"], f"the pass {kind} compares {' or '.join(keys)}, not {key!r}.")
        numbers = {
            name: self.number(given[name], name, bounds)
            for name, bounds in NUMBERS[kind].items()
            if name in given
        }
        return Rule(self.text(given["name"], "name"), kind, key, MappingProxyType(numbers))

    def fields(
        self,
        node: yaml.Node | None,
        what: str,
        *,
        required: tuple[str, ...],
        optional: tuple[str, ...] = (),
        any_other: bool = False,
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.refuse(node, f"{what} is made of names with values, such as {required[0]}: …")
        found: dict[str, yaml.Node] = {}
        for name_node, value in node.value:
            name = self.text(name_node, "a name")
            if name in found:
                raise self.refuse(name_node, f"{name} stands there twice.")
            if not any_other and name not in required and name not in optional:
                known = ", ".join((*required, *optional))
                raise self.refuse(name_node, f"{what} has no {name!r}; it has {known}.")
            found[name] = value
        for name in required:
            if name not in found:
                raise self.refuse(node, f"{what} lacks {name!r}.")
        return found

    def text(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value or len(node.value) > 80:
            raise self.refuse(node, f"{what} is a word of up to 80 characters.")
        return str(node.value)

    def number(self, node: yaml.Node, what: str, bounds: tuple[int, int]) -> int:
        least, most = bounds
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise self.refuse(node, f"{what} is a whole number from {least:,} to {most:,}, not {text!r}.")
        return int(text)
