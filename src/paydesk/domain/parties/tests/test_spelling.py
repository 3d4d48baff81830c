"""Which words somebody may have meant: few edits, nearest first."""

from hypothesis import given
from hypothesis import strategies as st

from paydesk.domain.parties.rules import edits_between, likely_spellings

WORDS = st.text("abcdeo", max_size=8)


@given(WORDS, WORDS)
def test_edits_count_the_same_both_ways_and_are_none_for_the_same_word(one, other):
    edits = edits_between(one, other)
    assert edits == edits_between(other, one)
    assert (edits == 0) == (one == other)
    assert abs(len(one) - len(other)) <= edits <= max(len(one), len(other))


@given(st.text("abcdeo", min_size=2, max_size=8), st.data())
def test_one_slip_is_one_edit(word, data):
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("xyz"))
    for wrong in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
    ):
        assert edits_between(word, wrong) == 1
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert edits_between(word, swapped) == (0 if swapped == word else 1)


def test_the_nearest_comes_first_and_what_is_far_does_not_come():
    known = ["mensah", "mensa", "menka", "owusu", "tensah"]
    assert likely_spellings("mensha", known, most=5) == [
        (1, "mensa"), (1, "mensah"), (2, "menka"), (2, "tensah"),
    ]  # fmt: skip
    assert likely_spellings("ama", ["amma", "abena", "ama"], most=1) == [(0, "ama")]
