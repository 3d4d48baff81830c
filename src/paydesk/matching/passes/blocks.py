"""Which lines may be one payment at all: pairs that share a key, an amount, a currency and a window of time.

A key that too many lines share within its window is left alone; there is never a comparison of all with all.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import StringValue, Table

from paydesk.matching.findings import union_of
from paydesk.matching.passes.nearest import candidates, ids_agree

FEW_VISIBLE = 3
MASKED = "[*xX\u2022]"
DAY = 86_400
SEPARATE = "[^0-9A-Za-z]"


def near(left: Table, right: Table, key: str, seconds: int, ids_shared: bool) -> Table:
    """Pairs with the same `key`, amount and currency within `seconds`."""
    ours, theirs = (side.filter(side[key].notnull() & (side[key] != "")) for side in (left, right))
    return _pairs(candidates(ours, theirs, [key, "amount", "currency"], seconds), ids_shared)


def masked(left: Table, right: Table, seconds: int, ids_shared: bool) -> Table:
    """Pairs of which one shows only a part of its phone number, by the last digits it shows."""
    sides = []
    for side in (left, right):
        told = side.filter(side.msisdn.length() >= FEW_VISIBLE)
        sides.append(
            told.mutate(tail=told.msisdn.right(FEW_VISIBLE), is_masked=told.msisdn.re_search(MASKED))
        )
    ours, theirs = sides
    keys = ["tail", "amount", "currency"]
    met = [
        candidates(ours.filter(ours.is_masked), theirs, keys, seconds),
        candidates(ours.filter(~ours.is_masked), theirs.filter(theirs.is_masked), keys, seconds),
    ]
    return union_of([_pairs(each, ids_shared) for each in met])


def named(left: Table, right: Table, seconds: int, ids_shared: bool) -> Table:
    """Pairs that share the longest word of their names."""
    sides = []
    for side in (left, right):
        told = side.filter(side.name != "")
        words = told.name.upper().re_replace("[^A-Z0-9]+", " ").strip().split(" ")
        sides.append(told.mutate(word=words).unnest("word").filter(ibis._.word.length() > 2))
    ours, theirs = sides
    return _pairs(candidates(ours, theirs, ["word", "amount", "currency"], seconds), ids_shared)


def referred(left: Table, right: Table, texts: Table, days: int, ids_shared: bool) -> Table:
    """Pairs whose references are one edit apart, or of which one stands within the text of the other.

    Two keys one edit apart have a key in common once a character of each is left out; look-alikes are one.
    `texts` (is_left, line_id, variant) are the references that stand in a text.
    """
    sides = []
    for side, is_left in ((left, True), (right, False)):
        told = side.filter(side.reference_key.notnull() & ~side.common)
        key = _plain(told.reference_key)
        shortened = ibis.range(0, key.length()).map(
            lambda at, key=key: key.substr(0, at) + key.substr(at + 1)
        )
        own = told.mutate(variant=shortened).unnest("variant").union(told.mutate(variant=key))
        found = texts.filter(texts.is_left == is_left).select("line_id", "variant")
        sides.append(own.union(side.inner_join(found, "line_id").select(*own.columns)))
    keys, seconds = ["variant", "amount", "currency"], max(days, 1) * DAY
    return _pairs(candidates(sides[0], sides[1], keys, seconds), ids_shared)


def _plain(key: StringValue) -> StringValue:
    return key.replace("O", "0").replace("I", "1").replace("S", "5")


def _pairs(met: Table, ids_shared: bool) -> Table:
    return met.filter(ids_agree(met, ids_shared)).select("left_line_id", "right_line_id").distinct()


def lines_of(side: Table, pairs: Table, column: str) -> Table:
    """The lines of a side that stand in `column` of the pairs."""
    return side.semi_join(pairs, side.line_id == pairs[column])
