"""What is told to a customer is told in the language they are answered in."""

from __future__ import annotations

import pytest

from paydesk.domain.goodwill import case_answers as goodwill
from paydesk.domain.marketplace import case_answers as marketplace
from paydesk.domain.reconciliation import case_answers as reconciliation
from paydesk.domain.refunds import case_answers as refunds
from paydesk.web.sentences import fact


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
        ("QFX71234", "fr", "QFX71234"),
        ("25.00 GHS on 5 March 2026", "pt", "25.00 GHS on 5 March 2026"),
    ],
)  # fmt: skip
def test_figures_stay_and_dates_are_said(value, language, said):
    assert fact(value, language) == said
