"""The sentence of every match and exception, put together from its facts, the same on every engine."""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table, Value

from paydesk.matching.values import DAY, SCALE

CENTS = 100
MICRO = SCALE // CENTS
SAME_ID = "Provider id, amount, currency and status are the same"
SAME_REFERENCE = "Reference, amount, currency and status are the same"
ONE_REFERENCE = "The reference stands once on each side; amount, currency and status are the same"
# Sentences that say nothing but what they are; `is_timing` adds that the two are on different days.
PLAIN = {"same_id": SAME_ID, "same_reference": ONE_REFERENCE}
OTHER_DAY = "; they are on different days, which is timing."


def told(*parts: Any) -> Value:
    """`parts`, texts and columns, as one text."""
    return reduce(lambda all_of, part: all_of + part, (_text(part) for part in parts))


def _text(part: Any) -> Value:
    if isinstance(part, str):
        return ibis.literal(part)
    return part if part.type().is_string() else part.cast("string")


def amount_text(amount: IntegerValue) -> StringValue:
    """Millionths as decimal text: two decimals, all six where the amount is finer than that."""
    return ibis.ifelse(amount == 0, "0.00", _amount_text(amount))  # most facts have no second amount


def _amount_text(amount: IntegerValue) -> StringValue:
    size = amount.abs().cast("int64")
    sign = ibis.ifelse(amount < 0, "-", "")
    rest = (size % SCALE).cast("int64")
    cents = (rest // MICRO).cast("int64")
    fine = rest % MICRO != 0
    decimals = ibis.ifelse(fine, rest.cast("string").lpad(6, "0"), cents.cast("string").lpad(2, "0"))
    return sign + (size // SCALE).cast("int64").cast("string") + "." + decimals


def apart_text(seconds: IntegerValue) -> StringValue:
    """How far two instants are apart, in the unit a person would use."""
    return ibis.cases(
        (seconds < 120, told(seconds, " seconds")),
        (seconds < 7_200, told((seconds // 60).cast("int64"), " minutes")),
        (seconds < 2 * DAY, told((seconds // 3_600).cast("int64"), " hours")),
        else_=told((seconds // DAY).cast("int64"), " days"),
    )


def plain_why(shape: str, is_timing: Any) -> Value:
    """The sentence of a shape that has no facts."""
    return ibis.ifelse(is_timing, PLAIN[shape] + OTHER_DAY, PLAIN[shape] + ".")


def with_why(facts: Table) -> Table:
    """Rows of FACTS with the column `why`: the sentence of each, by its shape."""
    # As columns of their own: written out in every sentence, planning them takes longer than a small run.
    texts = {
        "ours_text": amount_text(facts.ours),
        "theirs_text": amount_text(facts.theirs),
        "between_text": amount_text((facts.ours - facts.theirs).abs().cast("int64")),
        "fee_text": amount_text(facts.fee),
        "apart_text": apart_text(facts.apart),
    }
    rows = facts.mutate(**texts)
    return rows.mutate(why=_sentence(rows)).drop(*texts)


def _sentence(facts: Table) -> Value:
    differs = told("The same ", facts.word, " on both sides, but ")
    ours, theirs, between = facts.ours_text, facts.theirs_text, facts.between_text
    apart, fee = facts.apart_text, facts.fee_text
    say, other = facts.our_word, facts.their_word
    group = told(
        "Lines that name ", facts.named, ": ", facts.left_count, " of ours come to ", ours, " ",
        facts.currency, " and ", facts.right_count, " of theirs to ", theirs,
    )  # fmt: skip
    line = told(ours, " ", facts.currency)
    nth = told("; it is line ", facts.left_count)
    both = told("ours is ", ours, " ", say, " and theirs is ", theirs, " ", other)
    sentences: dict[str, Value] = {
        **{shape: plain_why(shape, facts.is_timing) for shape in PLAIN},
        "nth_id": told(SAME_ID, nth, " of a repeated id on each side."),
        "nth_reference": told(SAME_REFERENCE, nth, " of this reference on each side."),
        "near_reference": told(
            SAME_REFERENCE, ", ", apart, " apart: the nearest of several lines of this reference."
        ),
        "group": told(group, "."),
        "group_net": told(group, ", with fees of ", fee, " between them."),
        "group_open": told(group, ", so they do not add up; ", between, " is unexplained."),
        "net": told(
            "The same ", facts.word, "; ours of ", ours, " is theirs of ", theirs, " and a fee of ",
            fee, ".",
        ),
        "converted": told(
            "The same ", facts.word, "; ours of ", ours, " ", say, " at the quoted rate is theirs of ",
            theirs, " ", other, ".",
        ),
        "rate": told(
            differs, "ours of ", ours, " ", say, " comes to ", fee, " ", other,
            " at the quoted rate and theirs is ", theirs, ".",
        ),
        "cancels": told(say, facts.named, other, " cancel: the same ", facts.word, ", opposite amounts."),
        "words": told(differs, "ours is ", say, " and theirs is ", other, "."),
        "fees": told(differs, "our ", facts.named, " is ", ours, " and theirs is ", theirs, "."),
        "late": told(differs, "the ", ours, " ", say, " of ours and theirs are ", apart, " apart."),
        "amounts": told(differs, both, "."),
        "amount": told(differs, both, ": ", between, " between them."),
        "repeats": told(
            "Its ", facts.word, " stands on ", facts.runner_up, " as well, which was dealt with already."
        ),
        "repeats_before": told("Its ", facts.word, " stands on ", facts.runner_up, " before it."),
        "outside": told(
            "This line of ", line, " is dated outside the days that ", facts.named, " covers.", other
        ),
        "carried": told(
            "This line of ", line, " stands so near the end of the days that ", facts.named,
            " covers that the next one is to have it: timing.", other,
        ),
        "missing": told(
            "Nothing left in ", facts.named, " names ", facts.word, ", and nothing else fits this line of ",
            line, ".", other,
        ),
    }  # fmt: skip
    cases = ((facts.shape == shape, text) for shape, text in sentences.items())
    return ibis.cases(*cases, else_=facts.named)
