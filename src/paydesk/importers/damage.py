"""Damages files on purpose and watches what becomes of them: records that keep their word, or one sentence.

Used by the tests and by `./paydesk fuzz`. The same seed and number make the same damage again.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from random import Random
from typing import get_args

from paydesk.importers.limits import MIB, Limits
from paydesk.importers.reading import open_file
from paydesk.importers.records import (
    Kind,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
    Status,
)

# What real damage and real malice look like, to be put anywhere.
TOKENS = (
    b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b"\r", b"\n", b"\r\n", b"\t", b'"', b"'",
    b",", b";", b"|", b"^", b"!", b":", b"-", b"+", b"<", b">", b"&", b"</", b"/>", b"{", b"}", b"[",
    b"]", b"0", b"-0.00", b"1e999", b"NaN", b"9" * 70, b"1,234", b"1.234,56", b"(5.00)",
    b"\xe2\x88\x92" b"5", b"\xd9\xa3", b"4111111111111111", b"99999999", b"0000-00-00", b"31/02/2026",
    b"<![CDATA[", b"]]>", b"<!-- ", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b":61:",
    b":86:", b":62F:", b"-}", b"\\u0000", b"\\ud800", b"null", b"true", b"6", b"705", b"99,", b"88,",
    b"=1+1", b"\xe2\x80\xae", b"\xc2\xa0", b"A" * 300,
)  # fmt: skip
LIMITS = Limits(unpacked_bytes=32 * MIB, workbook_bytes=32 * MIB, sheet_cells=500_000, line_chars=MIB // 4)
MOST_BYTES = 256 * 1024
LONGEST_SENTENCE = 3_000
KINDS, STATUSES = frozenset(get_args(Kind)), frozenset(get_args(Status))


class Broken(AssertionError):
    """An importer crashed or broke a promise of records.py; the text says which."""


def damaged(content: bytes, chance: Random, others: Sequence[bytes] = ()) -> bytes:
    """`content` with one to four kinds of damage; `others` are files to mix in."""
    found = content[:MOST_BYTES]
    for _ in range(chance.randint(1, 4)):
        found = chance.choice(_KINDS_OF_DAMAGE)(found, chance, others)[:MOST_BYTES]
    return _wrapped(found, chance)


def _place(content: bytes, chance: Random) -> int:
    return chance.randint(0, len(content))


def _flip(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    if not content:
        return content
    place = chance.randrange(len(content))
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def _cut(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    place = _place(content, chance)
    return content[:place] + content[place + chance.choice((1, 2, 10, 94, 1000)) :]


def _cut_off(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    return content[: _place(content, chance)]


def _put(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    place = _place(content, chance)
    return content[:place] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 3)) + content[place:]


def _repeat(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    place = _place(content, chance)
    piece = content[place : place + chance.choice((1, 20, 200, 2000))]
    return content[:place] + piece * chance.choice((2, 3, 50)) + content[place:]


def _lines(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    """Lines change places, come twice or go missing."""
    lines = content.splitlines(keepends=True)
    if len(lines) < 2:
        return content
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    how = chance.randrange(3)
    if how == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif how == 1:
        lines.insert(one, lines[other])
    else:
        del lines[one]
    return b"".join(lines)


def _digits(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    """A digit becomes another: amounts, counts and totals no longer agree."""
    places = [place for place, byte in enumerate(content[:20_000]) if 48 <= byte <= 57]
    if not places:
        return content
    place = chance.choice(places)
    return content[:place] + b"%d" % chance.randrange(10) + content[place + 1 :]


def _mixed(content: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others)[:MOST_BYTES] if others else content
    return content[: _place(content, chance)] + other[_place(other, chance) :]


def _line_ends(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", chance.choice((b"\r\n", b"\r", b"", b"\r\r\n")))


def _encoded(content: bytes, chance: Random, _: Sequence[bytes]) -> bytes:
    text = content.decode("latin-1")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-8", "utf-8-sig", "utf-32")))


_KINDS_OF_DAMAGE = (
    _flip, _flip, _cut, _cut, _cut_off, _put, _put, _put, _repeat, _lines, _lines, _digits, _digits, _mixed,
    _line_ends, _encoded,
)  # fmt: skip


def _wrapped(content: bytes, chance: Random) -> bytes:
    """Now and then in an archive, which may be damaged as well."""
    how = chance.randrange(40)
    if how == 0:
        return gzip.compress(content, mtime=0)
    if how == 1:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("a.txt", content)
            archive.writestr("b/c.csv", content)
        return _flip(target.getvalue(), chance, ()) if chance.randrange(2) else target.getvalue()
    return content


def watched(content: bytes, limits: Limits = LIMITS) -> str:
    """Read `content` to its end: "read" or "refused".

    Raises Broken when an importer raises something else than NotReadable or breaks a promise.
    """
    try:
        with open_file(io.BytesIO(content), filename="damaged", limits=limits) as reading:
            for record in reading:
                _check(record)
    except NotReadable as refused:
        text = str(refused)
        if not text.strip() or "\n" in text or len(text) > LONGEST_SENTENCE:
            raise Broken(f"A refusal is one sentence, not {text[:200]!r}") from refused
        return "refused"
    except Broken:
        raise
    except Exception as problem:
        raise Broken(f"{type(problem).__name__}: {problem}") from problem
    return "read"


def _check(record: Record) -> None:
    """The promises of records.py that can be checked from outside."""
    if isinstance(record, StatementLine):
        _check_line(record)
    elif isinstance(record, RejectedLine):
        _promise(
            bool(record.reason.strip()) and "\n" not in record.reason, "a reason is one sentence", record
        )
        _promise(record.line >= 0, "a line has a number", record)
    elif isinstance(record, Statement):
        _promise(record.currency is None or len(record.currency) == 3, "a currency has three letters", record)
        for balance in (record.opening, record.closing):
            _promise(balance is None or balance.is_finite(), "a balance is a number", record)


def _check_line(line: StatementLine) -> None:
    _promise(line.kind in KINDS and line.status in STATUSES, "kind and status are known", line)
    for amount in (line.amount, line.fee, line.balance, line.original_amount):
        _promise(amount is None or amount.is_finite(), "an amount is a number", line)
    _promise(len(line.currency) == 3, "a currency has three letters", line)
    _promise(line.kind != "notice" or not line.amount, "a notice moves nothing", line)
    _promise(line.kind != "order" or line.status == "pending", "an order is pending", line)
    _promise(line.occurred_at is None or line.occurred_at.tzinfo is UTC, "an instant is UTC", line)
    texts = [line.reference, line.provider_ref, line.network_ref, line.batch_key, line.account, line.text]
    raw = [line.raw] if isinstance(line.raw, str) else [*line.raw.keys(), *line.raw.values()]
    for text in (*texts, line.payer_name, line.msisdn, line.channel, *raw):
        _promise(isinstance(text, str) and "\x00" not in text, "text holds no NUL", line)


def _promise(holds: bool, what: str, record: Record) -> None:
    if not holds:
        raise Broken(f"{what}, and not so in {str(record)[:400]}")


def own_samples() -> list[bytes]:
    """The samples that stand beside the importers, as bytes."""
    return [each.read_bytes() for each in _samples_in(files("paydesk.importers"))]


def _samples_in(folder: Traversable) -> Iterable[Traversable]:
    for each in sorted(folder.iterdir(), key=lambda found: found.name):
        if each.is_dir():
            yield from _samples_in(each)
        elif isinstance(folder, Path) and folder.name == "samples":
            yield each
