"""What the classes and statuses mean, in words for whoever reads a result without the manual."""

from __future__ import annotations

MATCH_MEANINGS = {
    "confirmed": "The same money on both sides, proven by the rules.",
    "suggested": "Probably the same money; a person decides.",
}
MEANINGS = {
    "missing_in_ledger": "They have it, we do not.",
    "missing_at_provider": "We have it, they do not.",
    "amount_mismatch": "One id, two amounts.",
    "currency_mismatch": "One id, two currencies.",
    "status_mismatch": "One id; for one of us it succeeded, for the other it did not.",
    "sign_mismatch": "One id; one of us has it as money in, the other as money out.",
    "fee_variance": "One id, two fees.",
    "late_settlement": "The same payment, further apart in time than the rules allow.",
    "duplicate_provider": "They have it more often than we do.",
    "duplicate_ledger": "We have it more often than they do.",
    "ambiguous_match": "Several lines fit about as well; a person decides.",
    "split_incomplete": "Parts that name one payment and do not come to its amount.",
    "out_of_period": "Dated outside the days the other file covers.",
}
KINDS = {
    "1:1": "one of ours, one of theirs",
    "1:n": "one of ours, several of theirs",
    "n:1": "several of ours, one of theirs",
    "n:m": "several of each",
    "reversal": "a line and the one that takes it back, on one side",
}


def words_of(code: str) -> str:
    """A code as people read it, first letter large: "late_settlement" is "Late settlement"."""
    plain = code.replace("_", " ")
    return plain[:1].upper() + plain[1:]
