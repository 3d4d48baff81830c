"""The head of an OFX file: its version and in which letters it is written, whatever it claims."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from paydesk.importers.other_formats import text_of
from paydesk.importers.records import NotReadable
from paydesk.importers.text_files import CHUNK, encoding_of

HEAD_BYTES = 64 * 1024
_BEGINS = re.compile(r"\s*(?:OFXHEADER\s*:|<OFX\s*>|<\?OFX\s)", re.IGNORECASE)
_XML_BEGINS = re.compile(r"\s*<\?xml\s", re.IGNORECASE)
_ROOT = re.compile(r"<(\?OFX\b|OFX\s*>|[A-Za-z])", re.IGNORECASE)
_PAIR = re.compile(r"\b(OFXHEADER|DATA|VERSION|ENCODING|CHARSET|COMPRESSION)\s*:\s*([^\s<]+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(\w+)\s*=\s*[\"']([^\"']*)[\"']")
_ENCODING_NAMES = {
    "USASCII": "cp1252", "NONE": "cp1252", "UTF8": "utf-8", "UNICODE": "utf-8", "1252": "cp1252",
    "ASCII": "cp1252", "ISO88591": "cp1252", "88591": "cp1252", "LATIN1": "cp1252", "WINDOWS1252": "cp1252",
}  # fmt: skip


def is_ofx(head: bytes) -> bool:
    """Whether a file begins with an OFX header of either kind, or with the OFX element itself."""
    text = text_of(head)
    if _BEGINS.match(text):
        return True
    if not _XML_BEGINS.match(text):
        return False
    # The first thing after the XML declaration: comments may stand between.
    rest = re.sub(r"<!--.*?-->", " ", text.partition("?>")[2], flags=re.DOTALL)
    found = _ROOT.search(rest)
    return found is not None and found[1].upper().startswith(("?OFX", "OFX"))


@dataclass(frozen=True, slots=True)
class Header:
    """`version` is "102", "211" or "" when the file does not say; `encoding` is what the bytes really are."""

    version: str
    encoding: str
    warnings: tuple[str, ...]


def header_of(file: BinaryIO) -> Header:
    """Read the header and look at every byte once. Raises NotReadable for what is no OFX text."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not is_ofx(head):
        raise NotReadable("The file does not begin as an OFX file does: no OFXHEADER and no OFX element.")
    text = text_of(head)
    root = re.search(r"<OFX\s*>", text, re.IGNORECASE)
    top = text[: root.start()] if root else text[:4000]
    values = {name.upper(): value for name, value in _PAIR.findall(top)}
    values |= {name.upper(): value for name, value in _ATTRIBUTE.findall(top) if name.upper() != "VERSION"}
    if found := re.search(r"<\?OFX\b[^>]*\bVERSION\s*=\s*[\"']([^\"']*)", top, re.IGNORECASE):
        values["VERSION"] = found[1]
    if values.get("DATA", "OFXSGML").upper() != "OFXSGML":
        raise NotReadable(f"The OFX header says DATA:{values['DATA'][:20]}; statements are OFXSGML.")
    if values.get("COMPRESSION", "NONE").upper() != "NONE":
        raise NotReadable("The OFX header says the file is compressed; send it uncompressed.")
    declared = _declared(values)
    encoding, warning = _encoding(file, head, declared)
    warnings = [warning] if warning else []
    if not values:
        warnings.append("The file has no OFX header; it was read by its content.")
    version = values.get("VERSION", "")
    return Header(version if re.fullmatch(r"\d{3}", version) else "", encoding, tuple(warnings))


def _declared(values: dict[str, str]) -> str:
    """The codec the header names, "" for none that Python knows."""
    said = values.get("ENCODING", "")
    if said.upper() in ("USASCII", "") and values.get("CHARSET"):
        said = values["CHARSET"]
    key = re.sub(r"[\W_]", "", said).upper()
    if key in _ENCODING_NAMES or not key:
        return _ENCODING_NAMES.get(key, "")
    for name in (said, f"cp{said}"):
        try:
            found = codecs.lookup(name)
        except LookupError:
            continue
        return found.name if found._is_text_encoding else ""
    return ""


def _encoding(file: BinaryIO, head: bytes, declared: str) -> tuple[str, str]:
    """(codec, warning). A mark at the start decides, then valid UTF-8, then what the header declares."""
    known = encoding_of(head)
    if known:
        if _decodes(file, known, wide=known.startswith("utf-16") or known.startswith("utf-32")):
            return known, ""
        raise NotReadable(f"The file is marked as {known.upper()} but is not; export it again.")
    if _decodes(file, "utf-8"):
        return "utf-8", ""
    codec = declared if declared not in ("", "utf-8") else "cp1252"
    if not _decodes(file, codec):
        raise NotReadable(
            f"The file holds bytes that are neither UTF-8 nor {codec} text; it is damaged or not an OFX file."
        )
    if declared in ("", "utf-8"):
        said = "says UTF-8" if declared else "names no character set"
        return codec, f"The header {said}, but the file was read as {codec}: check letters with accents."
    return codec, ""


def _decodes(file: BinaryIO, codec: str, *, wide: bool = False) -> bool:
    """Whether the whole file is text in `codec`. Raises NotReadable for a NUL byte where none belongs."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    file.seek(0)
    place = 0
    try:
        while chunk := file.read(CHUNK):
            if not wide and 0 in chunk:
                raise NotReadable(
                    f"The file holds a NUL byte at position {place + chunk.index(0):,}, so it is not a text "
                    "file or it is damaged; export it again."
                )
            decoder.decode(chunk)
            place += len(chunk)
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True
