"""A table that waits for its mapping: columns, words, and its first rows as a mapping reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.documents.queries import open_document
from paydesk.importers import delimited
from paydesk.importers.delimited import KindRule, Mapping
from paydesk.importers.delimited.mapping import KINDS, STATUSES, header_key
from paydesk.importers.delimited.words import STATUS_WORDS
from paydesk.importers.records import NotReadable, RejectedLine, StatementLine
from paydesk.importers.registry import TABLE_NAMES

PREVIEW_ROWS = 50
WORDS_ROWS = 500
MOST_WORDS = 40

__all__ = ["FIELDS", "FIELD_WORDS", "KINDS", "STATUSES", "FirstRows", "Mapping", "TableFile", "Word"]
FIELDS, FIELD_WORDS = delimited.FIELDS, delimited.FIELD_WORDS


@dataclass(frozen=True, slots=True)
class Word:
    """A different text of a column: as it is compared, as it first stood there, in how many sampled rows,
    what the mapping makes of it ("" when rows with it are rejected), and for one that means different things
    for money in and out both of them in words."""

    key: str
    text: str
    rows: int
    meaning: str
    both_ways: str = ""


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The first rows of a table by a mapping, or the sentence that says why it cannot be read at all."""

    rows: Sequence[tuple[dict[str, str], StatementLine | RejectedLine]]
    problem: str

    @property
    def rejected(self) -> int:
        return sum(isinstance(read, RejectedLine) for _, read in self.rows)

    @property
    def filled(self) -> set[str]:
        """The parts of a statement line that any of the rows fills."""
        parts = ("reference", "provider_ref", "network_ref", "payer_name", "msisdn", "fee", "text", "balance")
        lines = [read for _, read in self.rows if isinstance(read, StatementLine)]
        return {part for part in parts if any(getattr(line, part) for line in lines)}

    @property
    def lines(self) -> int:
        return len(self.rows) - self.rejected


def is_table(file: SourceFile) -> bool:
    """Whether a file is read by a mapping; False for formats that say themselves what is what."""
    return file.format == "table" or file.format in TABLE_NAMES or file.mapping is not None


class TableFile:
    """The stored table of a file. Opens the document once for what the desk would guess of it."""

    def __init__(self, file: SourceFile, *, sheet: str = "") -> None:
        """Raises NotReadable when there is no table in it, Refused when the document is gone."""
        self.file = file
        self.sheet = sheet
        with open_document(file.document_id).file as content:
            self.guess = delimited.guess(content, sheet=sheet)
        self.names = tuple(column.name for column in self.guess.columns)
        self._by_key = {header_key(name): name for name in reversed(self.names)}

    def column_of(self, mapping: Mapping, field: delimited.Field) -> str:
        """The column of this table that feeds `field`, "" when none does."""
        for name in mapping.columns.get(field, ()):
            if found := self._by_key.get(header_key(name)):
                return found
        return ""

    def first_rows(self, mapping: Mapping, *, rows: int = PREVIEW_ROWS) -> FirstRows:
        """The first rows by `mapping`; a mapping that cannot work gives its problem instead."""
        if problems := mapping.problems():
            return FirstRows((), " ".join(problems))
        try:
            with open_document(self.file.document_id).file as content:
                return FirstRows(delimited.preview(content, mapping, rows=rows), "")
        except NotReadable as problem:
            return FirstRows((), str(problem))

    def words(self, mapping: Mapping, field: delimited.Field) -> list[Word]:
        """The different texts of the column of `field` (kind, status or direction), most frequent first."""
        column = self.column_of(mapping, field)
        if not column:
            return []
        found: Counter[str] = Counter()
        texts: dict[str, str] = {}
        # A mapping that cannot read the money still shows its words: the sample is taken by a plain one.
        with open_document(self.file.document_id).file as content:
            sampled = delimited.preview(
                content, replace(mapping, columns={"amount": self.names}), rows=WORDS_ROWS
            )
        for raw, _ in sampled:
            text = " ".join(raw.get(column, "").split())
            found[text.casefold()] += 1
            texts.setdefault(text.casefold(), text)
        return [
            Word(key, texts[key], rows, meaning_of(mapping, field, key), _both_ways(mapping, field, key))
            for key, rows in found.most_common(MOST_WORDS)
        ]


def meaning_of(mapping: Mapping, field: delimited.Field, word: str) -> str:
    """What `mapping` makes of a word of the kind, status or direction column, "" when it knows none.

    A kind word is "sign" when money in and out mean what they mean without a word, "both" when they mean
    different kinds otherwise.
    """
    if field == "status":
        return _statuses(mapping).get(word, "")
    if field == "direction":
        directions = {text.casefold(): "in" for text in mapping.in_words}
        return (directions | {text.casefold(): "out" for text in mapping.out_words}).get(word, "")
    kinds = _kind_of(mapping, word, "in"), _kind_of(mapping, word, "out")
    if kinds == (mapping.kind_in, mapping.kind_out):
        return "sign"
    return kinds[0] if kinds[0] == kinds[1] else "both"


def _kind_of(mapping: Mapping, word: str, way: str) -> str:
    """The kind of a row with this word and direction as the reader decides it, "" when it rejects the row."""
    by_sign = mapping.kind_in if way == "in" else mapping.kind_out
    if not word or not mapping.kinds:
        return by_sign
    for rule in mapping.kinds:
        phrase = rule.phrase.casefold()
        fits = phrase == word if mapping.kind_match == "exact" else phrase in word
        if fits and rule.when in ("any", way):
            return rule.kind
    return by_sign if mapping.unknown_kind == "by_sign" else ""


def _both_ways(mapping: Mapping, field: delimited.Field, word: str) -> str:
    if field != "kind" or meaning_of(mapping, field, word) != "both":
        return ""
    ways = [(_kind_of(mapping, word, way) or "rejected").replace("_", " ") for way in ("in", "out")]
    return f"In: {ways[0]}, out: {ways[1]}"


def _statuses(mapping: Mapping) -> dict[str, str]:
    """The status words at work: the reader falls back on the usual ones where a mapping names none."""
    return {key.casefold(): status for key, status in (mapping.statuses or STATUS_WORDS).items()}


def with_meaning(mapping: Mapping, field: delimited.Field, word: str, meaning: str) -> Mapping:
    """`mapping` with a word meaning what a person said; unchanged where it means that already."""
    if meaning == meaning_of(mapping, field, word):
        return mapping
    if field == "status":
        statuses = {key: status for key, status in _statuses(mapping).items() if key != word}
        return replace(mapping, statuses=statuses | ({word: meaning} if meaning in STATUSES else {}))  # type: ignore[dict-item]
    if field == "direction":
        rest_in = tuple(text for text in mapping.in_words if text.casefold() != word)
        rest_out = tuple(text for text in mapping.out_words if text.casefold() != word)
        return replace(
            mapping,
            in_words=(*rest_in, word) if meaning == "in" else rest_in,
            out_words=(*rest_out, word) if meaning == "out" else rest_out,
        )
    if meaning not in (*KINDS, "sign") or not word:
        return mapping
    said = (
        (KindRule(word, mapping.kind_in, "in"), KindRule(word, mapping.kind_out, "out"))
        if meaning == "sign"
        else (KindRule(word, meaning),)  # type: ignore[arg-type]
    )
    # The first rule that fits wins, so what a person said of this very word stands before all others. Without
    # any rule every row went by its sign: the words nobody spoke of still do.
    others = tuple(rule for rule in mapping.kinds if rule.phrase.casefold() != word)
    unknown = mapping.unknown_kind if mapping.kinds else "by_sign"
    return replace(mapping, kinds=(*said, *others), unknown_kind=unknown)


def suited_to(mapping: Mapping, account: SourceAccount, before: SourceAccount | None = None) -> Mapping:
    """`mapping` with what the account answers where the file does not: clock, market and currency.

    Only what was open or came from the account chosen `before` changes; what a person set stays.
    """
    open_zones = {"UTC", before.time_zone if before else "UTC"}
    open_currencies = {"", before.currency if before else ""}
    takes_currency = mapping.currency in open_currencies and not mapping.columns.get("currency")
    return replace(
        mapping,
        time_zone=account.time_zone if mapping.time_zone in open_zones else mapping.time_zone,
        market=account.market if mapping.market in {"", before.market if before else ""} else mapping.market,
        currency=account.currency if takes_currency else mapping.currency,
    )
