"""The same cases give the same model, its figures are of cases left out, hostile cases do no harm."""

from __future__ import annotations

import numpy as np
import pytest

from paydesk.categorising.folds import fold_of_each
from paydesk.categorising.labelled import Labelled, LabelledRefused
from paydesk.categorising.learning import train
from paydesk.categorising.suggestions import suggest
from paydesk.categorising.tests.invented import invented_cases, invented_model
from paydesk.categorising.words import pieces, plain, word_grams


def test_weights_are_those_of_tf_idf_as_everybody_computes_it() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    texts = [row.text for row in invented_cases()]
    union = make_union(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)),
        TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 4), min_df=2),
    ).fit(texts)
    vocabulary = invented_model().vocabulary
    names = [name.split("__", 1)[1] for name in union.get_feature_names_out()]
    assert [*vocabulary.words, *vocabulary.pieces] == names
    new = "my payment payment of 12 cedis, a payment; unlocked?"
    weighed = vocabulary.weigh(new)
    expected = union.transform([new]).toarray()[0]
    found = np.zeros(len(names))
    found[weighed.columns] = weighed.weights
    assert np.allclose(found, expected, atol=1e-6)
    assert np.count_nonzero(expected) > 40


def test_the_same_cases_in_another_order_give_the_same_model() -> None:
    model, again = invented_model(), train(reversed(invented_cases()))
    assert np.array_equal(model.weights, again.weights)
    assert (model.sharpness, model.threshold, model.gates) == (again.sharpness, again.threshold, again.gates)
    assert model.measured == again.measured
    assert model.examples.keys == again.examples.keys


def test_equal_texts_are_never_judged_by_one_another() -> None:
    cases = [Labelled(f"text {number % 7}", f"category {number % 3}") for number in range(60)]
    folds = fold_of_each(cases)
    by_text = {
        row.text: {int(f) for r, f in zip(cases, folds, strict=True) if r.text == row.text} for row in cases
    }
    assert {len(found) for found in by_text.values()} == {1}
    assert set(folds) == {0, 1, 2, 3, 4}


def test_long_numbers_are_no_part_of_a_model() -> None:
    model = train(
        [
            *invented_cases(),
            Labelled("call me on 0244123456 about 4111111111111111", "fraud_report"),
            Labelled("call me on 0244123456 about 4111111111111111 today", "fraud_report"),
        ]
    )
    grams = [*model.vocabulary.words, *model.vocabulary.pieces]
    assert not [gram for gram in grams if "0244" in gram or "4111" in gram]
    assert "0000" in grams


def test_two_cases_teach_two_categories_and_nothing_is_filled_in() -> None:
    model = train([Labelled("refund please", "refund"), Labelled("phone locked", "lock")])
    found = suggest(model, "please unlock, it is locked")
    assert (found.top[0].category, found.fill, model.threshold) == ("lock", None, None)
    assert "too few earlier cases" in found.why
    assert model.measured["accuracy"] is None


@pytest.mark.parametrize(
    ("cases", "says"),
    [
        ([], "there is none"),
        ([Labelled("one", "same"), Labelled("two", "same")], "there is only same"),
        ([Labelled("one", "a"), Labelled(" \n", "b")], "there is only a"),
        ([Labelled(f"text {n}", f"case {n}") for n in range(1_001)], "is the column category the right one"),
    ],
)
def test_what_teaches_nothing_is_refused(cases: list[Labelled], says: str) -> None:
    with pytest.raises(LabelledRefused, match=says):
        train(cases)


def test_hostile_texts_are_learnt_from_and_asked_about() -> None:
    cases = [
        Labelled("\0\0\0", "odd"),
        Labelled("x", "odd"),
        Labelled("\ud800 broken \udfff", "odd"),
        Labelled("a" * 1_000_000, "long"),
        Labelled("too long " * 120_000, "long"),
    ]
    model = train(cases)
    for text in ("", "\0", "\ud800", "a" * 1_000_000, "too long " * 120_000, "\u202e" * 50, "?"):
        found = suggest(model, text)
        assert found.fill is None
        assert found.why.startswith("Unsure: ")
        assert abs(model.confidence(text).sum() - 1) < 1e-9


def test_texts_of_single_letters_leave_everything_unsure() -> None:
    found = suggest(train([Labelled("a", "one"), Labelled("b", "two")]), "a")
    assert (found.top, found.fill) == ((), None)


def test_what_stands_behind_the_first_ten_thousand_characters_is_not_counted() -> None:
    text = plain("word " * 2_000 + "behind")
    assert word_grams(text) == {"word": 2_000, "word word": 1_999}
    assert pieces("ab") == {" a": 1, "ab": 1, "b ": 1, " ab": 1, "ab ": 1, " ab ": 1}
