"""The proof as a PDF that screen readers can read (PDF/UA-1), typeset from the template beside."""

from __future__ import annotations

from pathlib import Path

from paydesk.writers.proof_of_value.values import ProofOfValue
from paydesk.writers.typesetting import day_text, typeset

TEMPLATE = Path(__file__).with_name("proof.typ")


def write_pdf(proof: ProofOfValue) -> bytes:
    """The proof as one PDF. Texts go in as values, never as markup, whatever a reference holds."""
    return typeset(TEMPLATE, _told(proof))


def _told(proof: ProofOfValue) -> dict[str, object]:
    return {
        "case": proof.case_number,
        "code": proof.code,
        "provider": proof.provider,
        "currency": proof.asked.currency,
        "made": f"{day_text(proof.made_at.date())}, {proof.made_at:%H:%M}",
        "facts": [
            ["Case", proof.case_number],
            ["Our code", proof.code],
            ["Account", proof.account],
            ["Market", proof.market],
            ["Asked back", str(proof.asked)],
            ["Asked on", f"{day_text(proof.asked_at.date())}, {proof.asked_at:%H:%M}"],
        ],
        "reason": proof.reason,
        "answer": proof.answer,
        "row": [list(fact) for fact in proof.row],
        "payment": [list(fact) for fact in proof.payment],
        "bought": [
            [
                line.account_number,
                line.product,
                line.what,
                day_text(line.due_on),
                day_text(line.until) if line.until else "the end of the plan",
                "" if line.days is None else str(line.days),
                str(line.applied).rsplit(" ", 1)[0],
            ]
            for line in proof.bought
        ],
        "applied": str(proof.applied),
        "days": f"{proof.days} day{'' if proof.days == 1 else 's'}",
    }
