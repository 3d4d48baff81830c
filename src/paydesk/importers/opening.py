"""Files inside files: gzip and zip taken apart safely, member by member, into seekable streams."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import IO, BinaryIO, cast

from paydesk.importers.delimited.spreadsheets import is_workbook
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.records import NotReadable

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
_CHUNK = 1024 * 1024
_KEPT_IN_MEMORY = 64 * 1024
_LOCAL_HEADER = 30  # bytes before the name of a member, at the least
_OF_WORKBOOK = (b"[Content_Types].xml", b"_rels/.rels", b"xl/")
_NOT_CONTENT = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Member:
    """One readable file: itself, or a member of an archive. `path` is empty for a file that is no archive.

    `digest` is the same for members that are the same byte for byte, empty outside an archive.
    """

    path: str
    file: BinaryIO
    digest: bytes = b""

    def head(self, size: int = 64 * 1024) -> bytes:
        """The first bytes; the position is the start again afterwards."""
        self.file.seek(0)
        found = self.file.read(size)
        self.file.seek(0)
        return found


def members(file: BinaryIO, name: str, limits: Limits = LIMITS) -> list[Member]:
    """The files in `file`: itself, or every member of a gzip or zip, those in archives inside it as well.

    Members are unpacked to temporary files, so memory stays flat. Raises NotReadable for a damaged or
    encrypted archive, an empty one, and one beyond a limit, naming the limit.
    """
    if not file.seekable():
        file = _kept(file, name, limits)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    budget = _Budget(limits, packed=max(size, 1))
    found = list(_taken_apart(file, "", budget, depth=0))
    if not found:
        raise NotReadable(f"The archive {name} holds no file.")
    return _told_apart(found)


def _told_apart(found: list[Member]) -> list[Member]:
    """The members with paths of their own: an archive may hold two files of one name."""
    seen: Counter[str] = Counter()
    apart = []
    for member in found:
        seen[member.path] += 1
        count = seen[member.path]
        apart.append(member if count == 1 else replace(member, path=f"{member.path} ({count})"))
    return apart


class _Budget:
    """What may still be unpacked from one upload."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.limits = limits
        self.packed = packed
        self.unpacked = 0
        self.members = 0

    def spend(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self.limits.unpacked_bytes:
            raise NotReadable(
                f"The archive unpacks to more than {self.limits.unpacked_bytes:,} bytes; send its members in "
                "smaller parts, or raise PAYDESK_READ_UNPACKED_BYTES."
            )
        ratio = self.unpacked // self.packed
        if self.unpacked > self.limits.ratio_from_bytes and ratio > self.limits.ratio:
            raise NotReadable(
                f"The archive unpacks to more than {self.limits.ratio} times its size, which no statement "
                "does: it was made to fill the disk. PAYDESK_READ_RATIO is the limit."
            )

    def count(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise NotReadable(
                f"The archive holds more than {self.limits.members} files; send it in parts, or raise "
                "PAYDESK_READ_MEMBERS."
            )


def _taken_apart(
    file: BinaryIO, path: str, budget: _Budget, depth: int, digest: bytes = b""
) -> Iterator[Member]:
    head = file.read(8)
    file.seek(0)
    if head.startswith(GZIP):
        _check_depth(depth, budget)
        try:
            content = cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))
            unpacked, digest = _spooled(content, budget)
        except (OSError, EOFError, zlib.error) as problem:
            raise NotReadable(
                f"{_named(path)}The gzip file is damaged or cut off ({problem}); send it again."
            ) from problem
        yield from _taken_apart(unpacked, path, budget, depth + 1, digest)
    elif head.startswith(EMPTY_ZIP):
        return
    elif head.startswith(ZIP) and not is_workbook(head, file):
        _check_depth(depth, budget)
        yield from _of_zip(file, path, budget, depth)
    else:
        budget.count()
        yield Member(path, file, digest)


def _of_zip(file: BinaryIO, path: str, budget: _Budget, depth: int) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_apart(archive, path)
            for info in archive.infolist():
                if info.is_dir() or any(
                    info.filename.startswith(no) or info.filename.endswith(no) for no in _NOT_CONTENT
                ):
                    continue
                if info.flag_bits & 1:
                    raise NotReadable(
                        f"{info.filename} in the archive is encrypted; send it without a password."
                    )
                inner = f"{path}/{info.filename}" if path else info.filename
                with closing(archive.open(info)) as content:
                    unpacked, digest = _spooled(content, budget)
                yield from _taken_apart(unpacked, inner, budget, depth + 1, digest)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as problem:
        raise NotReadable(
            f"{_named(path)}The {_packed_as(file)} is damaged or cut off ({problem}); send it again."
        ) from problem
    except (NotImplementedError, RuntimeError) as problem:
        raise NotReadable(
            f"{_named(path)}The zip file is packed in a way we do not unpack ({problem})."
        ) from problem


def _check_apart(archive: zipfile.ZipFile, path: str) -> None:
    """Refuse members that share bytes: one packed file listed many times unpacks to any size."""
    end, before = 0, ""
    for info in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise NotReadable(
                f"{_named(path)}Two members of the zip file, {before} and {info.filename}, are the same "
                "bytes of it, which no program packs; pack the files again."
            )
        end, before = info.header_offset + _LOCAL_HEADER + info.compress_size, info.filename


def _packed_as(file: BinaryIO) -> str:
    """What a damaged file that begins like a zip was meant to be."""
    file.seek(0)
    head = file.read(4096)
    return "spreadsheet" if any(name in head for name in _OF_WORKBOOK) else "zip file"


def _named(path: str) -> str:
    return f"{path}: " if path else ""


def _check_depth(depth: int, budget: _Budget) -> None:
    if depth >= budget.limits.nesting:
        raise NotReadable(
            f"Archives are nested more than {budget.limits.nesting} deep; unpack them first, or raise "
            "PAYDESK_READ_NESTING."
        )


def _kept(source: BinaryIO, name: str, limits: Limits) -> BinaryIO:
    """What a pipe brings, in a temporary file: every format is looked at more than once."""
    target = tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115  # handed on, open
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        if target.tell() > limits.unpacked_bytes:
            target.close()
            raise NotReadable(
                f"{name} brings more than {limits.unpacked_bytes:,} bytes; save it to a file and read that, "
                "or raise PAYDESK_READ_UNPACKED_BYTES."
            )
    return cast("BinaryIO", target)


def _spooled(source: IO[bytes], budget: _Budget) -> tuple[BinaryIO, bytes]:
    """`source` copied to a temporary file that is gone when it is closed, and the digest of its bytes."""
    digest = hashlib.sha256()
    target = tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115  # handed on, open
    while chunk := source.read(_CHUNK):
        budget.spend(len(chunk))
        target.write(chunk)
        digest.update(chunk)
    target.seek(0)
    return cast("BinaryIO", target), digest.digest()
