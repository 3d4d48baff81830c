"""JSON that a provider sends: read exactly, and made into statement lines by one class per format."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, ClassVar, TypeVar

from paydesk.importers.amounts import LONGEST_AMOUNT, exact_amount, plain_text
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.kernel.card_numbers import masked
from paydesk.kernel.phone_numbers import e164_digits

LONGEST_ID = 100
LONGEST_TEXT = 1000
LONGEST_RAW_VALUE = 500
MOST_RAW_VALUES = 200
_Word = TypeVar("_Word", bound=str)
_CODE = re.compile(r"[A-Z]{3}")
_INTERNATIONAL = re.compile(r"[1-9][0-9]{9,14}", re.ASCII)


class Written(str):
    """A JSON number exactly as it was written: 0.80 stays 0.80, nothing passes through a float."""

    __slots__ = ()


class NotJson(ValueError):
    """The bytes are no JSON that can be taken: one sentence."""


def parsed(body: bytes) -> object:
    """The JSON in `body` with its numbers as `Written` text. Raises NotJson.

    Refused besides broken JSON: NaN and Infinity, a key that stands twice in one object (which of the two
    amounts?), nesting too deep to read, and text that is not UTF-8.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise NotJson(f"The message is not UTF-8 text (byte {problem.start + 1}).") from None
    try:
        return json.loads(
            text, parse_float=Written, parse_int=Written, parse_constant=_no_constant, object_pairs_hook=_once
        )
    except RecursionError:
        raise NotJson("The JSON is nested too deeply to be a payment.") from None
    except json.JSONDecodeError as problem:
        raise NotJson(
            f"The message is not JSON: {problem.msg} (line {problem.lineno}, character {problem.colno})."
        ) from None


def _no_constant(name: str) -> object:
    raise NotJson(f"{name} stands where a number should be.")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = Counter(names).most_common(1)[0][0]
        raise NotJson(
            f"{clean(twice)[:40]!r} stands twice in one object: which of the two counts is not clear."
        )
    return found


def clean(text: str) -> str:
    """`text` without what a database cannot hold: NUL characters and halves of surrogate pairs."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


class Fields:
    """The fields of one JSON object by name; what is missing or of a wrong type is said in a sentence."""

    def __init__(self, found: object, where: str = "the message") -> None:
        if not isinstance(found, dict):
            raise ValueError(f"{where[:1].upper()}{where[1:]} is no JSON object.")
        self.found: dict[str, object] = found
        self.where = where

    def has(self, *names: str) -> bool:
        return all(name in self.found for name in names)

    def within(self, name: str) -> Fields:
        """The object under `name`."""
        return Fields(self.found.get(name), name)

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """Text or a number as text, trimmed and without card numbers; "" when it is missing or null."""
        value = self.found.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(f"{name} is {_kind_of(value)}, not text.")
        found = clean(value).strip()
        return masked(found[:longest])

    def id(self, name: str) -> str:
        """As `text`, for an id that must not be cut: one too long to be an id is refused."""
        value = self.text(name, LONGEST_ID + 1)
        if len(value) > LONGEST_ID:
            raise ValueError(f"{name} has more than {LONGEST_ID} characters: that is no id.")
        return value

    def own_id(self, name: str) -> str:
        """As `id`, for one that a provider or a shop made: not masked, because its digits may look like a
        card's and two masked ids could be one."""
        value = self.found.get(name)
        if isinstance(value, str) and len(value) <= LONGEST_ID:
            return clean(value).strip()
        return self.id(name)

    def needed_id(self, name: str) -> str:
        found = self.id(name)
        if not found:
            raise ValueError(f"{name} is missing, so this payment could not be known again.")
        return found

    def amount(self, name: str) -> Decimal | None:
        """An exact amount, written as a number or as text; None when it is missing, null or empty."""
        value = self.found.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise ValueError(f"{name} is {_kind_of(value)}, not an amount.")
        if not isinstance(value, Written):
            return exact_amount(clean(value))
        return _exact(name, value)

    def needed_amount(self, name: str) -> Decimal:
        """As `amount`; it must be there and above zero."""
        found = self.amount(name)
        if found is None:
            raise ValueError(f"{name} is missing.")
        if found <= 0:
            raise ValueError(f"{name} is {plain_text(found)}; a payment is above zero.")
        return found


def _exact(name: str, number: Written) -> Decimal:
    if len(number) > LONGEST_AMOUNT:
        raise ValueError(f"{name} has {len(number)} digits, which is no amount of money.")
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise ValueError(f"{name} is {number}, which is no amount of money.") from None
    if abs(value.adjusted()) > LONGEST_AMOUNT // 2:
        raise ValueError(f"{name} is {number}, which is no amount of money.")
    return exact_amount(plain_text(value))


def _kind_of(value: object) -> str:
    return {dict: "an object", list: "a list", bool: "true or false"}.get(type(value), "no text")


def raw_of(document: object) -> dict[str, str]:
    """The message as its fields by path ("Data.Amount"), cut where it is absurd, card numbers masked."""
    found: dict[str, str] = {}
    _flatten(document, "", found, depth=0)
    return found


def _flatten(value: object, path: str, found: dict[str, str], depth: int) -> None:
    if len(found) >= MOST_RAW_VALUES or depth > 12:
        return
    inner: list[tuple[str, object]] = []
    if isinstance(value, dict):
        inner = [(clean(str(name))[:80], each) for name, each in value.items()]
    elif isinstance(value, list):
        inner = [(str(place), each) for place, each in enumerate(value, start=1)]
    else:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        found[path or "value"] = masked(clean(text)[:LONGEST_RAW_VALUE])
    for name, each in inner:
        _flatten(each, f"{path}.{name}" if path else name, found, depth + 1)


class JsonImporter:
    """What the importers of JSON messages share: a file holds one message, a list of them, or one per line.

    A subclass names its `marks` (keys that stand in every such message), says with `fits` whether a parsed
    message is one, and makes its lines.
    """

    name: str = ""
    what: ClassVar[str]
    currency: ClassVar[str] = ""
    marks: ClassVar[Sequence[str]]

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def fits(self, document: object) -> bool:
        """Whether a parsed message is of this format."""
        raise NotImplementedError

    def is_test(self, document: Mapping[str, object]) -> bool:
        """Whether the provider marks the message as one of its test system: no money stands behind it."""
        return False

    def account(self, document: Fields) -> str | None:
        """Our number at the provider, where the message says it."""
        return None

    def currency_in(self, document: Fields) -> str | None:
        """The currency of the head: the provider's one, or what the message says. Raises ValueError."""
        return self.currency or None

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine | RejectedLine]:
        """The lines of one message, numbered from `first`. Raises ValueError with a sentence."""
        raise NotImplementedError

    def recognises(self, head: bytes) -> bool:
        text = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
        if not text.startswith(("{", "[")):
            return False
        if not all(re.search(rf'"{mark}"\s*:', text) for mark in self.marks):
            return False
        try:
            documents = _documents(head)
        except NotJson:  # cut off in its middle, or damaged further down: the keys decide
            return True
        return not documents or self.fits(documents[0])

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield a Statement, then its lines. Raises NotReadable when the file is damaged."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        file.seek(0)
        most = self.limits.json_bytes  # of saved messages; a single one is refused far below at the door
        body = file.read(most + 1)
        if len(body) > most:
            raise NotReadable(f"The file is larger than {most:,} bytes; send the messages in parts.")
        try:
            documents = _documents(body)
        except NotJson as problem:
            raise NotReadable(str(problem)) from problem
        if not documents or not self.fits(documents[0]):
            raise NotReadable(f"The file holds no {self.what}.")
        return Prepared(self.name, None, lambda: self.records(documents))

    def records(self, documents: Sequence[object]) -> Iterator[Record]:
        """The records of messages in their order; one that is another or cannot be taken is rejected."""
        tests = sum(isinstance(each, dict) and self.is_test(each) for each in documents)
        if tests:
            yield FileWarning(
                f"{tests} of {len(documents)} messages are of the provider's test system: no money stands "
                "behind them."
            )
        number = 1
        shown: tuple[str | None, str | None] | None = None
        for document in documents:
            try:
                if not self.fits(document):
                    raise ValueError(f"This is no {self.what}.")
                fields = Fields(document)
                head = (self.account(fields), self.currency_in(fields))
                found = list(self.lines(number, fields))
            except ValueError as problem:
                head = shown or (None, self.currency or None)
                found = [RejectedLine(number, str(problem), raw_of(document))]
            if head != shown:
                yield Statement(account=head[0], currency=head[1])
                shown = head
            yield from found
            number += max(len(found), 1)


def _documents(body: bytes) -> list[object]:
    """The messages in `body`. Raises NotJson."""
    try:
        whole = parsed(body)
    except NotJson as problem:
        rows = [row for row in body.splitlines() if row.strip()]
        if len(rows) < 2 or not all(row.lstrip().startswith(b"{") for row in rows):
            raise
        try:
            return [parsed(row) for row in rows]
        except NotJson:
            raise problem from None
    return list(whole) if isinstance(whole, list) else [whole]


def currency_code(document: Fields, name: str = "currency") -> str:
    """The ISO code under `name`, upper case. Raises ValueError when it is missing or no code."""
    found = document.text(name).upper()
    if not _CODE.fullmatch(found):
        raise ValueError(
            f"{name} is {found[:20]!r}, not a code such as GHS." if found else f"{name} is missing."
        )
    return found


def any_msisdn(text: str) -> str:
    """A phone number with its country code as digits, also of countries whose plan we lack; else ""."""
    known = e164_digits(text)
    if known:
        return known
    digits = text.strip().removeprefix("+").removeprefix("00")
    return digits if _INTERNATIONAL.fullmatch(digits) else ""


def words_to(status: Mapping[str, _Word], text: str) -> _Word | None:
    """The status a word stands for, whatever its case; None for a word that is not known."""
    return status.get(text.casefold())
