"""Confidence, threshold, gates and figures, on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from paydesk.categorising.calibration import (
    Gate,
    calibration_error,
    confidences,
    learn_gates,
    learn_sharpness,
    learn_threshold,
)
from paydesk.categorising.figures import figures


def test_the_sharpness_is_the_one_that_says_how_often_it_is_right() -> None:
    # Three of four are right by a lead of one: 75 % sure means e^s = 3.
    scores = np.array([[1.0, 0.0]] * 400)
    right = np.array([0, 0, 0, 1] * 100)
    sharpness = learn_sharpness(scores, right)
    assert sharpness == pytest.approx(np.log(3), rel=1e-4)
    assert confidences(scores[0], sharpness)[0] == pytest.approx(0.75, rel=1e-4)


def test_the_threshold_takes_in_as_many_as_keep_95_percent_right() -> None:
    top = np.linspace(1, 0.5, 100)
    is_right = np.ones(100, dtype=bool)
    is_right[[38, 39, 60, 61, 62]] = False  # of the first 61 three are wrong, of all five
    threshold = learn_threshold(top, is_right)
    assert threshold is not None
    above = top >= threshold
    assert (above.sum(), is_right[above].mean()) == (100, 0.95)
    is_right[80] = False
    threshold = learn_threshold(top, is_right)
    assert (top >= (threshold or 0)).sum() == 61


def test_cases_of_equal_confidence_are_above_the_threshold_together() -> None:
    top = np.array([0.9] * 30 + [0.8] * 10)
    is_right = np.array([True] * 30 + [True] * 5 + [False] * 5)
    assert learn_threshold(top, is_right) == 0.9


def test_few_cases_above_are_no_threshold() -> None:
    assert learn_threshold(np.full(19, 0.9), np.ones(19, dtype=bool)) is None
    assert learn_threshold(np.full(20, 0.9), np.ones(20, dtype=bool)) == 0.9
    assert learn_threshold(np.array([]), np.array([], dtype=bool)) is None


def test_a_category_is_filled_in_only_when_it_has_earned_it() -> None:
    assert Gate(30, 20, 19).is_open
    assert "29 labelled cases" in Gate(29, 20, 20).why_closed("refund")
    assert "of 20 earlier cases" in Gate(30, 20, 18).why_closed("refund")
    assert "9 earlier cases" in Gate(30, 9, 9).why_closed("refund")
    assert not any(gate.is_open for gate in (Gate(29, 20, 20), Gate(30, 20, 18), Gate(30, 9, 9)))
    confidence = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]])
    gates = learn_gates(confidence, np.array([0, 1, 1, 1]), np.array([1, 3]), 0.6)
    assert gates == (Gate(1, 2, 1), Gate(3, 1, 1))
    assert learn_gates(confidence, np.array([0, 1, 1, 1]), np.array([1, 3]), None) == (
        Gate(1, 0, 0),
        Gate(3, 0, 0),
    )


def test_the_figures_count_what_was_not_learnt_as_wrong() -> None:
    confidence = np.array(
        [[0.9, 0.1, 0.0, 0.0], [0.2, 0.7, 0.06, 0.04], [0.6, 0.3, 0.06, 0.04], [0.1, 0.2, 0.3, 0.4]]
    )
    found = figures(confidence, np.array([0, 1, -1, 0]), 0.6)
    assert found["accuracy"] == 0.5
    assert found["top3"] == 0.5
    assert (found["coverage"], found["precision_at_coverage"]) == (0.75, pytest.approx(2 / 3, abs=1e-5))
    # category 0: said 2, is 2, 1 right; 1: said 1, is 1, right; the unknown one and 3: never right
    assert found["macro_f1"] == pytest.approx((0.5 + 1 + 0 + 0) / 4)


def test_the_calibration_error_is_the_gap_in_each_bin() -> None:
    top = np.array([0.95, 0.95, 0.5, 0.5])
    is_right = np.array([True, True, True, False])
    assert calibration_error(top, is_right) == pytest.approx(0.5 * 0.05)
    assert calibration_error(np.array([1.0, 0.0]), np.array([False, False])) == 0.5
