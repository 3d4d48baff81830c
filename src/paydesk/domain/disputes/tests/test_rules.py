"""By when, with what, and how much of it is lost; without a database."""

from __future__ import annotations

from datetime import date

import pytest

from paydesk.domain.disputes import rules
from paydesk.domain.disputes.reason_codes import ANYTHING, CATEGORIES, EVIDENCE, SCHEMES, reason_codes

NOTICE = date(2026, 3, 2)


def test_every_code_has_its_source_and_evidence_that_has_words():
    codes = reason_codes()
    assert len(codes) == 46 + 2
    for (scheme, code), each in codes.items():
        assert scheme in SCHEMES, each
        assert all((code, each.source, each.evidence)), each
        assert each.category in CATEGORIES, each
        assert set(each.evidence) <= set(EVIDENCE), each


@pytest.mark.parametrize(
    ("scheme", "code", "told", "last"),
    [
        ("visa", "13.1", None, date(2026, 4, 1)),
        ("mastercard", "4853", None, date(2026, 4, 16)),
        ("amex", ANYTHING, None, date(2026, 3, 22)),
        ("visa", "13.1", date(2026, 3, 20), date(2026, 3, 20)),
        ("visa", "13.1", date(2026, 5, 1), date(2026, 4, 1)),
        ("other", ANYTHING, date(2026, 3, 9), date(2026, 3, 9)),
        ("other", ANYTHING, None, None),
    ],
)
def test_the_last_day_is_that_of_the_scheme_or_of_the_provider_if_it_is_earlier(scheme, code, told, last):
    assert rules.last_day(scheme, code, NOTICE, told) == last


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"scheme": "visa", "code": "99"}, "from the list"),
        ({"notice_on": date(2026, 3, 3)}, "day to come"),
        ({"notice_on": date(2026, 2, 1)}, "older than the payment"),
        ({"told": date(2026, 3, 1)}, "before the notice"),
        ({"scheme": "other", "code": ANYTHING}, "Give the last day"),
        ({}, ""),
    ],
)
def test_a_notice_that_makes_no_sense_says_why(fields, words):
    said = {"scheme": "visa", "code": "13.1", "notice_on": NOTICE, "told": None, **fields}
    problem = rules.problem_with_notice(**said, paid_on=date(2026, 2, 20), today=NOTICE)
    assert words in problem
    assert bool(words) == bool(problem)


def test_the_checklist_is_that_of_the_reason_and_what_was_added():
    wanted = rules.checklist("visa", "13.1", ["something_else", "delivery_proof"])
    assert wanted == ["delivery_proof", "service_usage_log", "customer_messages", "something_else"]
    assert rules.missing(wanted, {"delivery_proof", "something_else"}) == [
        EVIDENCE["service_usage_log"], EVIDENCE["customer_messages"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "won", "debited", "credited", "lost"),
    [
        ("under_review", 0, 100, 0, 0),
        ("lost", 0, 100, 0, 100),
        ("lost", 0, 100, 30, 70),
        ("expired", 0, 0, 0, 0),
        ("won", 100, 100, 0, 0),
        ("won", 60, 100, 0, 40),
        ("won", 60, 100, 60, 40),
        ("won", 60, 100, 100, 0),
        ("won", 60, 50, 0, 0),
        ("withdrawn", 0, 100, 0, 0),
    ],
)
def test_what_is_lost_follows_from_the_state_and_the_rows(state, won, debited, credited, lost):
    assert rules.lost_minor(state, 100, won, debited, credited) == lost
    assert 0 <= lost <= debited - credited


def test_a_payment_bears_of_a_loss_what_of_it_is_still_with_us():
    assert rules.of_payment_minor(100, 20, 30, 40, 0) == 90
    assert rules.of_payment_minor(50, 20, 30, 40, 0) == 50
    assert rules.of_payment_minor(50, 0, 0, 0, 10) == 0
