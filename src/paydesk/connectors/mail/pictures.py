"""Attached pictures that may show a card or an identity document: a person looks at them first."""

from __future__ import annotations

import re
import struct

_WORDS = re.compile(
    r"card|visa|master|amex|karte|carte|cartao|tarjeta|kadi|passport|passeport|reisepass|ausweis|licen[cs]e"
    r"|ghana.?card|national.?id|voter|nin.?slip|(?:^|[^a-z])(?:id|cni|cvv|pan)(?:[^a-z]|$)",
    re.IGNORECASE,
)


def may_show_a_card(name: str, data: bytes) -> str:
    """Why a person should look at this picture first, or "". Cards of all kinds are 85.60 x 53.98 mm."""
    if _WORDS.search(name):
        return "Its name speaks of a card or an identity document."
    wide, high = sorted(size_of(data), reverse=True)
    if wide >= 300 and high and 150 <= wide * 100 // high <= 168:
        return "It has the shape of a card."
    return ""


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG, GIF, JPEG or WebP in pixels; zeros where they cannot be read."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack(">II", data[16:24])
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return struct.unpack("<HH", data[6:10])
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
    except (struct.error, IndexError):
        pass
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    wide, high = struct.unpack("<HH", data[26:30])
    return wide & 0x3FFF, high & 0x3FFF


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            return wide, high
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return 0, 0
