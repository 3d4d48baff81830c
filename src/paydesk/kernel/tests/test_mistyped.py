"""Every single slip on a number is among its near misses, and the list stays short."""

from hypothesis import given
from hypothesis import strategies as st

from paydesk.kernel.mistyped import LOOK_ALIKES, MOST_NEIGHBOURS, keeps_check_digit, near_misses
from paydesk.kernel.public_codes import luhn_digit

numbers = st.text("0123456789", min_size=7, max_size=12)


@given(numbers, st.data())
def test_every_single_slip_leads_back_to_what_was_meant(meant, data):
    place = data.draw(st.integers(0, len(meant) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    typed = {
        "digit": meant[:place] + digit + meant[place + 1 :],
        "missing": meant[:place] + meant[place + 1 :],
        "extra": meant[:place] + digit + meant[place:],
        "swapped": meant[:place] + meant[place : place + 2][::-1] + meant[place + 2 :],
    }
    for slip, each in typed.items():
        assert each == meant or meant in near_misses(each), (slip, each, meant)


@given(numbers, st.data())
def test_letters_that_look_like_digits_and_letters_in_front_are_read(meant, data):
    like = {digit: letter for letter, digit in LOOK_ALIKES.items()}
    places = data.draw(st.sets(st.integers(1, len(meant) - 1), max_size=len(meant) // 2))
    typed = "".join(like.get(c, c) if n in places else c for n, c in enumerate(meant))
    assert typed == meant or near_misses(typed)[meant] == "look_alike"
    assert near_misses("ACC" + meant)[meant] == "prefix"


@given(st.text("0123456789ABCDEFXYZ", max_size=40))
def test_there_are_never_too_many_and_never_the_number_itself(typed):
    found = near_misses(typed)
    assert len(found) <= MOST_NEIGHBOURS
    assert typed not in found


def test_words_and_numbers_too_short_or_too_long_to_tell_have_none():
    for typed in ("", "LOAN", "12345", "SCHOOLFEES", "12345678901234567890", "BIBI7"):
        assert near_misses(typed) == {}, typed


@given(numbers, st.data())
def test_one_wrong_digit_never_keeps_the_check_digit(body, data):
    number = body + luhn_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert keeps_check_digit(number)
    assert not keeps_check_digit(number[:place] + other + number[place + 1 :])
