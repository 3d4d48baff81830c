"""What only the desk can see: classes that need its own columns, each where the evidence determines it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from paydesk.matching.rules import Clocks, RateCard, default_rules
from paydesk.matching.tests.builders import DAY, HOUR, NOON, line, outcome
from paydesk.matching.values import SCALE

TODAY = NOON // DAY
CEDIS = {"original_currency": "GHS", "currency": "USD"}
LEFT = [
    line("early", 100, provider_ref="PA-1", due_day=TODAY + 5),
    line("nofee", 101, provider_ref="PA-2", fee=2, is_fee_told=True),
    line("rate", 1_000, provider_ref="PA-3", quoted_rate=80_000),
    line("norate", 1_100, provider_ref="PA-4", quoted_rate=80_000),
    line("tax", 102, provider_ref="PA-5", tax=16 * SCALE),
    line("wrong", 103, provider_ref="PA-6", account_key="CONTRACT1"),
    line("over1", 50, batch="SET-1"),
    line("over2", 60, batch="SET-1"),
    line("short1", 50, batch="SET-2"),
    line("short2", 60, batch="SET-2"),
    line("card1", 500, batch="SET-3"),
    line("card2", 500, batch="SET-3"),
    line("paid", 104, provider_ref="PA-7"),
    line("refund", -104, provider_ref="PA-70", original_key="PA7", line_kind="refund"),
    line("lost", -105, provider_ref="PA-8", original_key="PA99", line_kind="refund"),
    line("undone", -106, provider_ref="PA-9", original_key="PA98", line_kind="reversal"),
    line("stale", 107, provider_ref="PA-10", status="pending", at=NOON - 6 * DAY),
    line("due", 108, provider_ref="PA-11", line_kind="settlement", at=NOON - 9 * DAY),
    line("cut", 109, provider_ref="PA-12", at=NOON + 11 * HOUR + 3_000),
    line("same", 110, provider_ref="PA-13"),
]
RIGHT = [
    line("Rearly", 100, provider_ref="PA-1", at=NOON - 4 * DAY),
    line("Rnofee", 101, provider_ref="PA-2", is_fee_told=False),
    line("Rrate", 80, provider_ref="PA-3", original_amount=1_000 * SCALE, **CEDIS),
    line("Rnorate", 80, provider_ref="PA-4", original_amount=1_100 * SCALE, **CEDIS),
    line("Rtax", 102, provider_ref="PA-5", tax=15 * SCALE),
    line("Rwrong", 103, provider_ref="PA-6", account_key="CONTRACT2"),
    line("Rover", 115, batch="SET-1", line_kind="settlement"),
    line("Rshort", 100, batch="SET-2", line_kind="settlement"),
    line("Rcard", 985, batch="SET-3", line_kind="settlement"),
    line("Rback", -111, provider_ref="PA-14", line_kind="chargeback"),
    line("Rwho", 112, provider_ref="PA-15", line_kind="payment", payer=""),
    line("Rknown", 113, provider_ref="PA-16", line_kind="payment", payer="Ama"),
    line("Rsame", 110, provider_ref="PA-13"),
    line("Rold", 1, provider_ref="PA-17", at=NOON - 9 * DAY, payer="Ama"),
]  # fmt: skip


def test_the_desks_columns_give_their_classes_and_only_those(tmp_path: Path) -> None:
    rules = replace(
        default_rules(),
        clocks=Clocks(stale_days=3, bank_days=5, carry_over_minutes=30),
        rate_card=RateCard(bps=150, fixed=0, tolerance=10_000, tolerance_bps=50),
    )
    matches, exceptions, _ = outcome(tmp_path, LEFT, RIGHT, rules)
    found = {row["left_id"] or row["right_id"]: (row["class"], row["why"]) for row in exceptions}
    assert {name: named for name, (named, _) in found.items()} == {
        "early": "early_settlement",
        "nofee": "fee_data_missing",
        "norate": "fx_variance",
        "tax": "tax_variance",
        "wrong": "wrong_account",
        "over1": "over_settled",
        "over2": "over_settled",
        "short1": "short_settled",
        "short2": "short_settled",
        "lost": "refund_without_original",
        "undone": "reversal_without_original",
        "stale": "stale_pending",
        "due": "missing_at_bank",
        "cut": "out_of_period",
        "Rback": "unexpected_chargeback",
        "Rwho": "unidentified_payer",
        "Rknown": "missing_in_ledger",
        "Rold": "missing_in_ledger",
    }
    assert "timing" in found["cut"][1]
    assert "16.00 and theirs is 15.00" in found["tax"][1]
    pairs: dict[str, Any] = {row["left_id"]: (row["right_id"], row["kind"], row["rule"]) for row in matches}
    assert pairs == {
        "rate": ("Rrate", "1:1", "provider_id_differs_by_rate"),
        "card1": ("Rcard", "n:1", "same_batch"),
        "card2": ("Rcard", "n:1", "same_batch"),
        "paid": ("", "reversal", "cancelled"),
        "refund": ("", "reversal", "cancelled"),
        "same": ("Rsame", "1:1", "same_provider_id"),
    }
