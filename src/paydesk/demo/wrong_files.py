"""Files that people hand over by mistake."""

from __future__ import annotations

import struct
import zlib

from paydesk.demo.markets import MARKETS
from paydesk.demo.rows import major


def photo() -> bytes:
    """A small picture (PNG), as a phone's gallery offers it instead of the statement."""
    side = 64
    lines = b"".join(
        b"\0" + bytes((x * 4, y * 4, 120)[channel] for x in range(side) for channel in range(3))
        for y in range(side)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    # Not compressed: how well zlib compresses differs between its versions.
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines, 0))
        + chunk(b"IEND", b"")
    )


def price_list() -> bytes:
    """A price list of the shops: a sound table that is no statement."""
    lines = ["Phone,Country,Deposit,Weekly,Weeks"]
    for market in MARKETS:
        lines += [
            f"{p.name},{market.name},{major(p.deposit_minor)},{major(p.weekly_minor)},{p.weeks}"
            for p in market.products
        ]
    return ("\n".join(lines) + "\n").encode()
