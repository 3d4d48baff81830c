"""What is told to a customer is told in the language they are answered in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from paydesk.domain.goodwill import case_answers as goodwill
from paydesk.domain.marketplace import case_answers as marketplace
from paydesk.domain.reconciliation import case_answers as reconciliation
from paydesk.domain.refunds import case_answers as refunds
from paydesk.kernel.money import Money
from paydesk.web.sentences import fact
from paydesk.writers.statement_of_account import pdf
from paydesk.writers.tests.test_statement_of_account import STATEMENT


@pytest.mark.parametrize("language", ["fr", "sw"])
@pytest.mark.parametrize("answers", [goodwill, marketplace, reconciliation, refunds])
def test_where_money_is_has_words_in_each_language(language, answers):
    assert [told for told in answers.TOLD.values() if fact(told, language) == told] == []


@pytest.mark.parametrize(
    ("value", "language", "said"),
    [
        ("it is credited to account 10482937", "fr", "il est crédité sur le compte 10482937"),
        ("25.00 GHS of it is credited, the rest waits on your account", "sw",
         "25.00 GHS zimewekwa, zilizobaki zinasubiri kwenye akaunti yako"),
        ("25.00 GHS on 5 March 2026", "fr", "25.00 GHS le 5 mars 2026"),
        ("5 March 2026", "sw", "5 Machi 2026"),
        ("deposit 5 Mar 2026 and 2 more", "fr", "acompte 5 mars 2026 et 2 de plus"),
        ("QFX71234", "fr", "QFX71234"),
        ("25.00 GHS on 5 March 2026", "pt", "25.00 GHS on 5 March 2026"),
    ],
)  # fmt: skip
def test_figures_stay_and_dates_are_said(value, language, said):
    assert fact(value, language) == said


@pytest.mark.parametrize("language", ["fr", "sw"])
def test_a_statement_of_account_is_in_the_language_they_are_answered_in(language):
    statements = [STATEMENT, replace(STATEMENT, days_past_due=1), replace(STATEMENT, overdue=Money(0, "GHS"))]
    for statement in statements:
        english: Any = pdf._told(statement, str)
        theirs: Any = pdf._told(statement, partial(fact, language=language))
        spoken_alike = {"Date"}
        assert {word for word, said in theirs["words"].items() if word == said} <= spoken_alike
        for part in ("period", "made", "page", "owed_before", "owed_on", "not_overdue", "next_due", "held"):
            assert theirs[part] != english[part], part
            assert " the " not in str(theirs[part]), part
        assert (theirs["overdue"] == english["overdue"]) is (not statement.overdue)
        assert not {label for label, _ in theirs["facts"]} & {label for label, _ in english["facts"]}
        assert theirs["customer"] == statement.customer, "a name is nobody's sentence"
        rows = [(theirs[table], english[table]) for table in ("movements", "dues", "payments")]
        assert all(own[0][1:3] != other[0][1:3] or own[0][5:] != other[0][5:] for own, other in rows)
    assert pdf.write_pdf(STATEMENT, language=language, said=partial(fact, language=language))[:4] == b"%PDF"
