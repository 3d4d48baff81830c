"""Says what a file is when no importer reads it, so that the refusal names it instead of guessing a table."""

from __future__ import annotations

import re

from paydesk.importers.text_files import encoding_of

# First bytes of files that are no statements at all.
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "a RAR archive; send it as zip"),
    (b"7z\xbc\xaf", "a 7z archive; send it as zip"),
    (b"BZh", "a bzip2 file; send it as gzip or zip"),
    (b"\xfd7zXZ", "an xz file; send it as gzip or zip"),
    (b"SQLite format 3", "a database file"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)

# ISO 20022 and other XML by the name of its message element.
_MESSAGES = {
    "BkToCstmrAcctRpt": "a camt.052 account report",
    "BkToCstmrStmt": "a camt.053 statement",
    "BkToCstmrDbtCdtNtfctn": "a camt.054 notification",
    "CstmrCdtTrfInitn": "a pain.001 payment order",
    "CstmrPmtStsRpt": "a pain.002 payment status report",
    "CstmrDrctDbtInitn": "a pain.008 direct debit order",
    "OFX": "an OFX file",
    "html": "a web page",
}
AS_XLSX = "open it in a spreadsheet program and save it as XLSX"
_SPREADSHEETS = (  # what spreadsheet programs open, though it is none by its bytes
    ("schemas-microsoft-com:office:spreadsheet", "a spreadsheet in the XML form of 2003"),
    ("schemas-microsoft-com:office:excel", "a web page that a spreadsheet program made"),
)
_XML_NAME = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s>/]")
_ISO_NAME = re.compile(r"\b((?:camt|pain|pacs|head|admi|acmt)\.\d{3}(?:\.\d{3}\.\d{2})?)\b")

_TEXTS = (
    (re.compile(r"\s*(?:OFXHEADER\s*:|<OFX>|<\?OFX)", re.IGNORECASE), "an OFX file"),
    (re.compile(r"\s*!(?:Type|Account|Option|Clear)", re.IGNORECASE), "a QIF file"),
    (re.compile(r"(?:.{0,200}\n){0,3}\s*(?:\{1:F\d\d|.{0,40}(?<!\d):20:)"), "a piece of an MT940 statement"),
    (re.compile(r"(?:.{0,80}\n){0,8}:(?:20|25|28C?|60[FM]):"), "a piece of an MT940 statement"),
    (re.compile(r":\d\d[A-Z]?:[A-Z0-9]"), "a piece of an MT940 statement"),
    (re.compile(r"\s*[\[{]\s*(?:[\"{\[\]}]|-?\d|$)"), "a JSON document"),
)  # fmt: skip


def text_of(head: bytes) -> str:
    """The first bytes of a file as text, for looking at only."""
    encoding = encoding_of(head) or "utf-8"
    return head.decode(encoding, "replace").lstrip("\ufeff")


def is_xml(head: bytes) -> bool:
    """Whether the file starts like XML (and not like the SGML of OFX)."""
    text = text_of(head).lstrip()
    return text.startswith("<") and not _TEXTS[0][0].match(text)


def xml_name(head: bytes) -> str:
    """The local name of the first element that is no envelope ("" when the head has none)."""
    text = re.sub(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>]*>", " ", text_of(head), flags=re.DOTALL)
    names = _XML_NAME.findall(text[:20_000])
    known = next((name for name in names[:60] if name.removesuffix("V01") in _MESSAGES), "")
    return known or (names[0] if names else "")


def what_is(head: bytes) -> str | None:
    """What a file is that paydesk knows by sight but reads with no importer ("an OFX file"), or None."""
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            return what
    text = text_of(head)
    if is_xml(head):
        for mark, what in _SPREADSHEETS:
            if mark in text:
                return f"{what}; {AS_XLSX}"
        name = xml_name(head)
        iso = _ISO_NAME.search(text[:5_000])
        if message := _MESSAGES.get(name.removesuffix("V01")):
            return message
        return f"an ISO 20022 message {iso[1]}" if iso else f"an XML file ({name})" if name else "an XML file"
    return next((what for pattern, what in _TEXTS if pattern.match(text)), None)


def is_of_another_sort(head: bytes) -> bool:
    """Whether a file that no importer reads is none of ours at all: a picture, a web page, some JSON or XML.

    False for a piece of a format that is read, and for an archive that only has to be packed in another way.
    """
    what = what_is(head) or ""
    if "; " in what:  # what to do about it: a person thinks it is a statement
        return False
    if any(map(head.startswith, (signature for signature, _ in _SIGNATURES))):
        return True
    return what.startswith(("a JSON document", "a web page", "an XML file"))
