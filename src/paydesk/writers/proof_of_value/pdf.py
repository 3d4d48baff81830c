"""The proof as a PDF that screen readers can read (PDF/UA-1), typeset from the template beside."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import typst

from paydesk.writers.proof_of_value.values import ProofOfValue

TEMPLATE = Path(__file__).with_name("proof.typ")


@cache
def _compiler() -> tuple[bytes, typst.Fonts]:
    """The template and typst's own fonts: nothing is fetched, and every machine sets the same page."""
    return TEMPLATE.read_bytes(), typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def write_pdf(proof: ProofOfValue) -> bytes:
    """The proof as one PDF. Texts go in as values, never as markup, whatever a reference holds."""
    template, fonts = _compiler()
    pdf = typst.compile(
        template,
        font_paths=fonts,
        sys_inputs={"proof": json.dumps(_told(proof))},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    assert isinstance(pdf, bytes)
    return pdf


def _told(proof: ProofOfValue) -> dict[str, object]:
    return {
        "case": proof.case_number,
        "code": proof.code,
        "provider": proof.provider,
        "currency": proof.asked.currency,
        "made": f"{_day(proof.made_at.date())}, {proof.made_at:%H:%M}",
        "facts": [
            ["Case", proof.case_number],
            ["Our code", proof.code],
            ["Account", proof.account],
            ["Market", proof.market],
            ["Asked back", str(proof.asked)],
            ["Asked on", f"{_day(proof.asked_at.date())}, {proof.asked_at:%H:%M}"],
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
                _day(line.due_on),
                _day(line.until) if line.until else "the end of the plan",
                "" if line.days is None else str(line.days),
                str(line.applied).rsplit(" ", 1)[0],
            ]
            for line in proof.bought
        ],
        "applied": str(proof.applied),
        "days": f"{proof.days} day{'' if proof.days == 1 else 's'}",
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
