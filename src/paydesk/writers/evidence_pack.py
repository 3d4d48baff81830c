"""One ZIP that proves itself: files in the order of their names, a manifest with the hash of each and of all.

The same files give the same bytes, whenever and wherever the pack is made: no clock, no order of a folder.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from html import escape
from typing import Any

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can say


def write_pack(files: Mapping[str, bytes], about: Mapping[str, Any]) -> tuple[bytes, str]:
    """(the ZIP, the SHA-256 over all): `files` by their names, `about` stands at the top of the manifest.

    The hash over all is that of the lines "<sha256>  <name>" of every file, in the order of their names, as
    `sha256sum` prints them; so anybody can check it without us.
    """
    assert not {MANIFEST, SUMS} & set(files)
    listed = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(files.items())
    ]
    sums = "".join(f"{each['sha256']}  {each['name']}\n" for each in listed).encode()
    over_all = hashlib.sha256(sums).hexdigest()
    manifest = {**about, "sha256_over_all": over_all, "files": listed}
    whole = {**files, SUMS: sums, MANIFEST: as_json(manifest)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            pack.writestr(entry, whole[name])
    return out.getvalue(), over_all


def as_json(value: Any) -> bytes:
    """Readable, keys in order; what JSON does not know (times, days, money) as its text."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=str).encode() + b"\n"


def summary_page(title: str, lead: str, sections: Mapping[str, list[list[str]]]) -> bytes:
    """A page a person reads without any other file: `sections` are tables, their first row is the head."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(title)}</title><style>body{{font:15px/1.5 sans-serif;margin:2rem;max-width:70rem}}",
        "table{border-collapse:collapse;margin:0 0 1.5rem}td,th{border:1px solid #999;padding:.3rem .6rem;",
        "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}</style></head><body>",
        f"<h1>{escape(title)}</h1><p>{escape(lead)}</p>",
    ]
    for name, rows in sections.items():
        parts.append(f"<h2>{escape(name)}</h2>")
        if len(rows) < 2:
            parts.append("<p>None.</p>")
            continue
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>")
        parts += ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]]
        parts.append("</tbody></table>")
    parts.append("</body></html>\n")
    return "".join(parts).encode()
