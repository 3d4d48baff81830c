"""Letters: places are found and filled, open ones refused by name, a template runs nothing."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import pytest

from paydesk.writers.letters import LetterRefused, places_of, write_letter


def template(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def text_of(letter: bytes) -> str:
    return "\n".join(each.text for each in docx.Document(BytesIO(letter)).paragraphs)


def test_places_are_found_filled_and_escaped() -> None:
    word = template("Dear {{ customer.name }},", "we have your {{ payment.amount }} ({{payment.amount}}).")
    assert places_of(word) == ["customer.name", "payment.amount"]
    letter = write_letter(word, {"customer.name": "Ama & <Co>", "payment.amount": "50.00 GHS"})
    assert text_of(letter) == "Dear Ama & <Co>,\nwe have your 50.00 GHS (50.00 GHS)."


def test_a_place_that_nothing_fills_is_named() -> None:
    word = template("It is {{ payment.state }}, {{ whoever }}.")
    with pytest.raises(LetterRefused, match=r"\{\{ payment.state \}\}, \{\{ whoever \}\}"):
        write_letter(word, {"payment.state": " "})


@pytest.mark.parametrize(
    "line",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ payment.amount.__class__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% for i in range(10) %}x{% endfor %}",
        "{{ payment.",
    ],
)
def test_a_template_runs_nothing(line: str) -> None:
    with pytest.raises(LetterRefused):
        write_letter(template(line), {"payment.amount": "1"})


def test_what_is_no_word_file_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("a.txt", "hello")
    for wrong in (b"hello", out.getvalue(), template("x")[:500]):
        with pytest.raises(LetterRefused):
            places_of(wrong)
