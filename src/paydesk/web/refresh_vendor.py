"""Fetch the stylesheet kit, htmx and the typeface again: `python -m paydesk.web.refresh_vendor`.

The files are committed, so nobody needs npm to run or change the desk; only this script does. It asks
`npm pack` for each package at the version below, keeps the named files and writes the manifest. The licence
text of a package that carries none stands in its folder, written by hand, and is kept.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent / "static" / "vendor"


@dataclass(frozen=True)
class Package:
    """One npm package: `files` maps the name we serve to the path inside the package."""

    name: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]


PACKAGES = [
    Package(
        "@tabler/core", "1.6.1", "MIT", "tabler",
        {"tabler.min.css": "dist/css/tabler.min.css"},
    ),
    Package(
        "htmx.org", "2.0.11", "0BSD", "htmx",
        {"htmx.min.js": "dist/htmx.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        "@fontsource-variable/inter", "5.3.0", "OFL-1.1", "inter",
        {
            "inter-latin.woff2": "files/inter-latin-wght-normal.woff2",
            "inter-latin-ext.woff2": "files/inter-latin-ext-wght-normal.woff2",
            "LICENSE": "LICENSE",
        },
    ),
]  # fmt: skip


def packed(package: Package, folder: Path) -> dict[str, bytes]:
    """The wanted files of `package`, by the name we serve them under."""
    run = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = {}
    with tarfile.open(folder / run.stdout.split()[-1]) as archive:
        for served, inside in package.files.items():
            member = archive.extractfile(f"package/{inside}")
            if member is None:
                raise SystemExit(f"{package.name} {package.version} has no file {inside}.")
            found[served] = without_source_map(member.read()) if served.endswith(".css") else member.read()
    return found


def without_source_map(css: bytes) -> bytes:
    """`css` without its last comment, which points to a map we do not carry."""
    return css.split(b"/*# sourceMappingURL=")[0]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refresh(packages: list[Package], vendor: Path) -> None:
    """Write every file of `packages` below `vendor`, and the manifest that describes them."""
    entries = []
    for package in packages:
        target = vendor / package.folder
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            for served, content in packed(package, Path(folder)).items():
                (target / served).write_bytes(content)
        for path in sorted(target.iterdir()):
            entries.append(
                {
                    "file": f"{package.folder}/{path.name}",
                    "package": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "sha256": sha256(path),
                }
            )
        sys.stdout.write(f"{package.name} {package.version}\n")
    (vendor / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh(PACKAGES, VENDOR)
