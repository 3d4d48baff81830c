"""The desk is shown three categories with reasons; one is filled in only where that was earned."""

from __future__ import annotations

from paydesk.categorising.calibration import Gate
from paydesk.categorising.suggestions import suggest
from paydesk.categorising.tests.invented import invented_cases, invented_model


def test_the_likeliest_three_come_with_the_words_and_the_cases_most_like_it() -> None:
    found = suggest(invented_model(), "My handset is locked although I cleared the arrears")
    assert [each.category for each in found.top][0] == "device_locked"
    assert len(found.top) == 3
    assert found.top[0].confidence >= found.top[1].confidence >= found.top[2].confidence
    assert "locked" in " ".join(found.top[0].words)
    by_key = {row.key: row for row in invented_cases()}
    closest = by_key[found.top[0].similar[0].key]
    assert closest.category == "device_locked"
    assert "arrears" in closest.text
    assert all(by_key[each.key].category == one.category for one in found.top for each in one.similar)
    assert 0 < found.top[0].similar[0].likeness <= 1


def test_a_case_is_most_like_itself() -> None:
    row = invented_cases()[0]
    first = next(each for each in suggest(invented_model(), row.text).top if each.category == row.category)
    assert (first.similar[0].key, first.similar[0].likeness) == (row.key, 1.0)


def test_only_a_category_with_an_open_gate_is_filled_in() -> None:
    model = invented_model()
    gates = dict(zip(model.categories, model.gates, strict=True))
    assert [name for name, gate in gates.items() if gate.is_open] == ["device_locked"]
    found = suggest(model, "My phone is locked although I have paid, please unlock the device")
    assert found.fill == "device_locked"
    assert found.why.startswith("Filled in: ")
    unsure = suggest(model, "please check the status of my refund, it was approved")
    assert (unsure.top[0].category, unsure.fill, unsure.is_unsure) == ("refund_status", None, True)
    assert unsure.top[0].confidence >= (model.threshold or 1)
    assert gates["refund_status"] == Gate(34, 20, 18)
    assert "of 20 earlier cases that would have been filled in as refund_status 18 were it" in unsure.why


def test_what_is_below_the_threshold_says_both_figures() -> None:
    found = suggest(invented_model(), "good morning")
    assert found.fill is None
    assert "a category is filled in from" in found.why
