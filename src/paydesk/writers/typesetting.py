"""Sets a typst template with values as a PDF that screen readers can read (PDF/UA-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import typst


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts: nothing is fetched, and every machine sets the same page."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def typeset(template: Path, values: Mapping[str, object]) -> bytes:
    """The template as one PDF. It reads `values` as the JSON input "values": never as markup, whatever they
    hold."""
    pdf = typst.compile(
        template.read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"values": json.dumps(values)},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    assert isinstance(pdf, bytes)
    return pdf


def day_text(day: date) -> str:
    """A day as people read it in every language of our markets: 3 Mar 2026."""
    return f"{day.day} {day:%b %Y}"
