"""What holds for any two sides, whatever stands in them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.matching.tests.builders import HOUR, NOON, line, outcome

Lines = list[dict[str, Any]]
# Few values of each, so that lines meet, repeat and compete.
LINE = st.fixed_dictionaries(
    {
        "amount": st.sampled_from([5, 5, 5, 7, 12, -5, 0]),
        "reference": st.sampled_from(["", "", "N/A", "INV-1001", "INV-10O1", "INV-1002", "pay INV-1003 now"]),
        "provider_ref": st.sampled_from(["", "", "P1", "p-2", "P3"]),
        "msisdn": st.sampled_from(["", "0241234567", "+233241234567", "23324****567", "0209999999"]),
        "name": st.sampled_from(["", "Ama Mensah", "MENSAH A.", "Kofi Owusu"]),
        "currency": st.sampled_from(["GHS", "GHS", "KES"]),
        "status": st.sampled_from(["success", "success", "success", "failed", "pending"]),
        "batch": st.sampled_from(["", "", "", "SET-1"]),
        "fee": st.sampled_from([0, 0, 1]),
        "at": st.sampled_from([NOON, NOON + 60, NOON + HOUR, NOON + 30 * HOUR, None]),
    }
)
# A run takes a second or two, so that one pair of large sides says more than many small ones.
SIDE = st.lists(LINE, min_size=50, max_size=60)


def numbered(letter: str, told: Lines) -> Lines:
    return [line(f"{letter}{place}", **each) for place, each in enumerate(told)]


def places(rows: Lines) -> list[tuple[str, str]]:
    """(line, where it stands): matches by id, exceptions by their own row or the line they are parts of."""
    found = set()
    for number, row in enumerate(rows):
        parts = row["class"] + row["left_id"] if row.get("class") == "split_incomplete" else ""
        for side in ("left_id", "right_id"):
            if row[side]:
                found.add((row[side], row.get("match_id") or parts or f"exception {number}"))
    return sorted(found)


@given(SIDE, SIDE)
@settings(max_examples=1, deadline=None, derandomize=True)
def test_every_line_has_one_place_and_neither_order_nor_side_decides(ours: Lines, theirs: Lines) -> None:
    left, right = numbered("L", ours), numbered("R", theirs)
    with tempfile.TemporaryDirectory() as folder:
        matches, exceptions, digest = outcome(Path(folder), left, right)
        _, _, again = outcome(Path(folder), left[::-1], right[::-1])
        mirrored, _, _ = outcome(Path(folder), right, left)
    assert again == digest
    by_id = {each["id"]: each for each in left + right}
    assert {name for name, _ in places(matches + exceptions)} == set(by_id)
    several = {
        row[side]
        for row in exceptions
        if row["class"] == "split_incomplete"
        for side in ("left_id", "right_id")
    }
    once = [name for name, _ in places(matches + exceptions) if name not in several]
    assert len(once) == len(set(once))
    pairs = {
        (row["left_id"], row["right_id"])
        for row in matches
        if (row["status"], row["kind"]) == ("confirmed", "1:1")
    }
    for one, other in pairs:
        assert by_id[one]["currency"] == by_id[other]["currency"]
        assert (by_id[one]["amount"] > 0) == (by_id[other]["amount"] > 0)
    assert pairs == {
        (row["right_id"], row["left_id"])
        for row in mirrored
        if (row["status"], row["kind"]) == ("confirmed", "1:1")
    }
