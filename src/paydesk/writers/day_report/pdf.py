"""The report as a PDF that screen readers can read (PDF/UA-1), typeset from the template beside."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from paydesk.writers.day_report.values import DayReport, ExceptionLine
from paydesk.writers.typesetting import day_text, typeset

TEMPLATE = Path(__file__).with_name("day.typ")


def write_pdf(report: DayReport) -> bytes:
    """The report as one PDF. Texts go in as values, never as markup."""
    return typeset(
        TEMPLATE,
        {
            "account": report.account,
            "day": day_text(report.day),
            "state": report.state,
            "signed": report.signed,
            "made": f"{day_text(report.made_at.date())}, {report.made_at:%H:%M} UTC",
            "facts": [
                ["Provider", report.provider],
                ["Market", report.market],
                ["Currency", report.currency],
                ["State", report.state],
                ["Rules", report.rules_version or "not run"],
                ["Digest", report.digest[:16]],
            ],
            "proof": [
                [line.words, "" if line.rows is None else f"{line.rows:,}", str(line.amount), line.is_total]
                for line in report.proof
            ],
            "shown": str(report.shown) if report.shown is not None else "not known",
            "drift": str(report.drift) if report.drift is not None else "not known",
            "matched": [
                [line.kind, line.rule, f"{line.matches:,}", str(line.ours), str(line.theirs)]
                for line in report.matched
            ],
            "settlements": [
                [
                    each.batch,
                    f"{each.rows:,}",
                    _amount(each.net, each.currency),
                    _amount(each.paid_out, each.currency),
                    _amount(each.arrived, each.currency),
                    each.state,
                ]
                for each in report.settlements
            ],
            "open": _lines(report.open),
            "resolved": _lines(report.resolved),
        },
    )


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else f"{amount:,} {currency}"


def _lines(found: Sequence[ExceptionLine]) -> list[list[str]]:
    return [
        [each.code, f"{each.words}. {each.why}", str(each.amount), each.state, each.owner, each.next_step]
        for each in found
    ]
