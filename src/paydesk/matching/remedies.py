"""What would change a decision, in sentences for whoever works on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from paydesk.matching.evidence import AGREE, DIFFERS, SURE, Field
from paydesk.matching.rules import Rules
from paydesk.matching.values import major

Row = Mapping[str, Any]
SAME = {"currency_mismatch": "currency", "status_mismatch": "status", "sign_mismatch": "sign",
        "fee_variance": "fee", "tax_variance": "tax", "wrong_account": "account"}  # fmt: skip


def remedies(row: Row, rules: Rules, seen: tuple[Field, ...]) -> tuple[str, ...]:
    """The sentences for one row of facts with its fields."""
    if row["class"]:
        return tuple(_of_exception(row, rules, seen))
    return tuple(_of_suggestion(row, rules, seen) if row["status"] == "suggested" else _of_match(row, rules))


def _of_match(row: Row, rules: Rules) -> list[str]:
    rule = rules.named(row["rule"])
    if row["kind"] == "reversal":
        return ["Without the line that takes it back, the payment would be missing on the other side."]
    if row["shape"] == "likeness":
        return ["A second line that fits as well would make it a suggestion."]
    if row["word"] == "settlement":
        return [f"A line more or less that names {row['named']} would make it split_incomplete."]
    found = ["Another amount, currency or status on one side would make it a mismatch."]
    days = rule.get("days") if rule else None
    if days is not None:
        found.append(
            f"More than {days} calendar day{'' if days == 1 else 's'} apart, it would be late_settlement."
        )
    return found


def _of_suggestion(row: Row, rules: Rules, seen: tuple[Field, ...]) -> list[str]:
    found = []
    rule = rules.named(row["rule"])
    auto = rule.get("auto") if rule else None
    if row["runner_up"]:
        found.append(f"Without {row['runner_up']} it would have no rival.")
    if auto is None:
        found.append("A batch or a reference that all of its lines name would confirm it.")
    elif row["score"] < auto:
        found.append(f"A certainty of {auto} in a thousand confirms alone; this is {row['score']}.")
    if seen and auto and not any(field.name in SURE and field.level in AGREE for field in seen):
        found.append("A phone number or a reference that agrees is needed before it confirms alone.")
    return found


def _of_exception(row: Row, rules: Rules, seen: tuple[Field, ...]) -> list[str]:
    named = row["class"]
    if named == "not_offered":
        found = [f"The same {field.name} on both sides." for field in seen if field.level == DIFFERS]
        return found or [
            "More that the two have in common: a reference, a phone number, an account or a name."
        ]
    amount = f"{major(abs(row['ours'] - row['theirs'])):f} {row['currency']}"
    if named == "amount_mismatch":
        return ["Equal amounts would confirm it.", f"So would a fee of {amount} that one of the sides tells."]
    if named in SAME:
        return [f"The same {SAME[named]} on both sides would confirm it."]
    if named in ("late_settlement", "early_settlement"):
        rule = rules.named(row["rule"])
        return [f"Up to {rule.get('days') if rule else 0} calendar day(s) apart, it would be confirmed."]
    if named in ("split_incomplete", "over_settled", "short_settled"):
        return [f"Lines of {amount} more on the side that has less would make it add up."]
    if named == "ambiguous_match":
        return ["Whatever tells the candidates apart: a reference, a phone number or a name on one of them."]
    if named.startswith("duplicate"):
        return ["A second line on the other side would match it."]
    if named == "out_of_period":
        return [
            f"A file of the other side that covers {_day(seen)} would have it."
            if _day(seen)
            else "A later file."
        ]
    other = "theirs" if row["left_line"] is not None else "ours"
    status = next((field.left or field.right for field in seen if field.name == "status"), "success")
    return [
        f"A line of {other} of {major(row['amount']):f} {row['currency']} with its id or its reference and "
        f"the status {status} would match it."
    ]


def _day(seen: tuple[Field, ...]) -> str:
    at = next((field.left or field.right for field in seen if field.name == "at"), "")
    return datetime.fromtimestamp(at, UTC).date().isoformat() if isinstance(at, int) else ""
