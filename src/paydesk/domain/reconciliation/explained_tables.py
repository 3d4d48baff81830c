"""Why what the desk's own tables show is an exception: a batch paid short, balances that drift.

Its two sides alone, in the form of paydesk.matching.explanation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paydesk.kernel.money import Money
from paydesk.matching.evidence import DIFFERS, EQUAL, MISSING

# What both sides say, in this order.
PLAIN = ("provider_ref", "reference", "status", "currency")


def explained(
    kind: str, why: str, left: Mapping[str, Any], right: Mapping[str, Any], money: Money, version: str
) -> dict[str, Any]:
    """The explanation of what the desk's own tables show: no rule compared anything, its figures differ."""
    ours, theirs = left.get("amount_minor"), right.get("amount_minor")
    seen = [
        _field(name, str(left.get(name) or ""), str(right.get(name) or ""))
        for name in PLAIN
        if left.get(name) or right.get(name)
    ]
    if left.get("kind") == "batch":
        seen.insert(0, _field("settlement", str(left.get("id") or ""), str(right.get("id") or "")))
    if ours is not None or theirs is not None:
        told = ["" if n is None else str(Money(n, money.currency).amount) for n in (ours, theirs)]
        seen.append(_field("amount", *told))
    off = Money((ours or 0) - (theirs or 0), money.currency).amount if ours is not None else None
    return {
        "class": kind, "status": "", "kind": "", "rule": "ledger", "rules_version": version, "score": 0,
        "sentence": why, "runner_up": "", "runner_score": 0, "currency": money.currency, "is_timing": False,
        "actor": "rule", "would_change": [], "fields": seen,
        "residual": {"total": f"{off:f}", "unexplained": f"{off:f}"} if off and theirs is not None else {},
    }  # fmt: skip


def _field(name: str, left: str, right: str) -> dict[str, Any]:
    level = MISSING if not (left and right) else EQUAL if left == right else DIFFERS
    return {
        "name": name, "left": left, "right": right, "level": level, "weight": 0, "left_uses": 0,
        "right_uses": 0,
    }  # fmt: skip
