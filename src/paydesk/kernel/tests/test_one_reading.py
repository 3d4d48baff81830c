"""What is read once for an answer, and what is read again after it."""

from __future__ import annotations

from itertools import count

import pytest

from paydesk.kernel.one_reading import have_read, is_reading, one_reading, read_once

_ticks = count()


@read_once
def ticket(name: str, *, size: int = 1) -> tuple[str, int, int]:
    return name, size, next(_ticks)


def test_outside_every_call_reads():
    assert ticket("a") != ticket("a")


def test_inside_the_same_question_is_asked_once():
    with one_reading():
        first = ticket("a", size=2)
        assert ticket("a", size=2) == first
        assert ticket("a", size=3) != first
        assert ticket("b", size=2) != first


def test_the_next_answer_reads_again_also_after_one_that_broke_off():
    kept = []

    def breaks_off():
        with one_reading():
            kept.append(ticket("a"))
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        breaks_off()
    assert not is_reading()
    with one_reading():
        assert ticket("a") not in kept


def test_what_came_with_something_else_is_not_asked_for():
    given = ("a", 1, -1)
    with one_reading():
        have_read(ticket, given, "a")
        assert ticket("a") == given
        assert ticket("b") != given
        known = ticket("b")
        have_read(ticket, given, "b")
        assert ticket("b") == known, "what was read stays"
    have_read(ticket, given, "a")
    assert ticket("a") != given
