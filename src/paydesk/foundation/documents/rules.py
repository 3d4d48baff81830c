"""What a file is, by its content; and a name that is safe to show and to save under."""

from __future__ import annotations

import gzip
import re
import unicodedata
import zipfile
import zlib
from typing import BinaryIO

import filetype

# How long a document is kept. The periods are settings of the company; the classes are ours.
RETENTION = {
    "books": "Proof of what was posted: as long as the books are kept",
    "evidence": "Evidence of a case or a dispute: until it can no longer be contested",
    "working": "Working papers: until the work is done",
}

HEAD_BYTES = 64 * 1024
# Control characters that no text has: all but tab, line ends, page break and the end of an old file.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE_PARTS = {
    "xl/workbook.xml": XLSX,
    "xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def content_type_of(file: BinaryIO) -> str:
    """The media type of `file` by what it holds; "application/octet-stream" where that tells nothing.

    Looks at the beginning, and at the list of members of an archive. The file's position is moved.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_type(file)
    if head.startswith(b"\x1f\x8b"):
        return "application/gzip" if _is_gzip(file) else "application/octet-stream"
    known = filetype.guess(head)
    if known is not None:
        return str(known.mime)
    text = _as_text(head)
    return "application/octet-stream" if text is None else _text_type(text)


def safe_file_name(name: str) -> str:
    """`name` without folders, control and direction characters, 200 characters at most, its ending kept.

    A name of nothing else becomes "unnamed".
    """
    last = re.sub(r"\s+", " ", re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1])
    # "Cf" holds the direction marks that make "fdp.exe" read as "exe.pdf".
    plain = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    plain = re.sub(r'[<>:"|?*;]', "_", plain)
    plain = plain.strip(" .")
    if len(plain) > 200:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else plain[:200]
    return plain or "unnamed"


def size_text(size_bytes: int) -> str:
    """A size as people read it, rounded down to a tenth: "3.4 MB", "512 MB", "17 bytes"."""
    for unit, one in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size_bytes >= one:
            whole, tenth = divmod(size_bytes * 10 // one, 10)
            return f"{whole}.{tenth} {unit}" if tenth else f"{whole} {unit}"
    return f"{size_bytes} bytes"


def _zip_type(file: BinaryIO) -> str:
    try:
        names = set(zipfile.ZipFile(file).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "application/octet-stream"
    return next((media for part, media in OFFICE_PARTS.items() if part in names), "application/zip")


def _is_gzip(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        gzip.GzipFile(fileobj=file).read(1)
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _as_text(head: bytes) -> str | None:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return head.decode(encoding, errors="ignore")
    if b"\x00" in head:
        return None
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as problem:
        # A character may be cut in two where the head ends; elsewhere it is an older encoding.
        whole = problem.start >= len(head) - 3 and len(head) == HEAD_BYTES
        text = head[: problem.start].decode() if whole else head.decode("cp1252", errors="replace")
    return None if len(_CONTROL.findall(text)) * 100 > len(text) else text


def _text_type(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if re.match(r"<!doctype html|<html", start, re.IGNORECASE):
        return "text/html"
    if start.startswith("<?xml") or re.match(r"<[A-Za-z_][\w.:-]*[\s>/]", start):
        # SGML of older OFX files opens with a header of its own, so it does not come here.
        return "application/xml"
    if start[:1] in ("{", "[") and re.match(r'[\[{]\s*(["\[{\]}]|-?\d|true|false|null)', start):
        return "application/json"
    return "text/csv" if _looks_like_csv(text) else "text/plain"


def _looks_like_csv(text: str) -> bool:
    """Several lines that mostly have the same number of one separator."""
    lines = [line for line in re.split(r"\r\n|\n|\r", text)[:50] if line.strip()]
    if len(text) >= HEAD_BYTES // 2 and len(lines) > 2:
        lines = lines[:-1]
    for separator in (",", ";", "\t", "|"):
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        if usual and (counts.count(usual) * 2 > len(counts)) and (len(lines) > 1 or usual > 1):
            return True
    return False
