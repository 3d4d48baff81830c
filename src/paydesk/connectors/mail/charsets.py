"""Bytes to text whatever charset they claim: what is true wins over what is said, and nothing is lost."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# Names that mail uses and Python does not know, or knows as something narrower than what is meant.
_ALIASES = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "ascii",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "x-sjis": "cp932", "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7", "utf8mb4": "utf-8", "utf-8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "iso-8859-9": "cp1254", "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "windows-874": "cp874",
    "tis-620": "cp874", "x-unknown": "",
    "unknown-8bit": "", "unknown": "", "default": "", "binary": "", "none": "",
}  # fmt: skip
# What no database keeps and no screen shows; tab, line feed and form feed stay.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


def decoded(data: bytes, charset: str, *, html: bool = False) -> tuple[str, str]:
    """`data` as clean text with \\n line ends, and a sentence about a charset that was not as it says, or "".

    Bytes that are valid UTF-8 and not ASCII are UTF-8, whatever the message calls them: text in another
    charset is hardly ever. What fits nothing is read as Windows-1252.
    """
    claimed = charset.strip().strip("\"'").lower()
    if html and not claimed and (meta := _META.search(data[:4096])):
        claimed = meta[1].decode("ascii").lower()
    text, used = _read(data, claimed)
    trouble = ""
    if used != claimed and not (data.isascii() and used == "utf-8"):
        said = f"says it is {claimed[:40]}" if claimed else "does not say its charset"
        if _codec(claimed) != _codec(used):
            trouble = f"A text part {said}; it was read as {used}."
    return cleaned(text), trouble


def cleaned(text: str) -> str:
    """Text that can be stored: \\n line ends, no NUL or other control characters, no half characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", text) if _UNWANTED.search(text) else text


def _read(data: bytes, claimed: str) -> tuple[str, str]:
    if data[:3] == codecs.BOM_UTF8:
        data = data[3:]
    elif data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace"), "utf-16"
    codec = _codec(claimed)
    if codec.startswith(("utf-16", "utf-32", "utf-7", "iso2022", "hz")):  # whose bytes look like ASCII
        try:
            return data.decode(codec), claimed
        except (UnicodeError, ValueError):
            pass
    try:
        text = data.decode("utf-8")
        if codec in ("utf-8", "") or not data.isascii() or codec == "ascii":
            return text, claimed if codec == "utf-8" else "utf-8"
        return text, claimed
    except UnicodeDecodeError:
        pass
    if codec == "utf-8" and _mostly_utf8(data):
        return data.decode("utf-8", "replace"), claimed
    for name in (codec, "cp1252"):
        if name in ("", "ascii", "utf-8"):
            continue
        try:
            return data.decode(name), claimed if name == codec else "windows-1252"
        except (UnicodeError, ValueError, LookupError):
            continue
    return data.decode("cp1252", "replace"), "windows-1252"


def _mostly_utf8(data: bytes) -> bool:
    """A cut or damaged UTF-8 text still has as many whole characters as broken ones."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken <= sum(1 for letter in text if ord(letter) > 127) - broken


@lru_cache(maxsize=256)
def _codec(name: str) -> str:
    """Python's name of a charset, or "" for one nobody knows or that is no charset of text."""
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name) if name and len(name) < 60 else None
    except (LookupError, ValueError):
        return ""
    return info.name if info is not None and getattr(info, "_is_text_encoding", True) else ""
