"""A Chromium from the npm package `@sparticuz/chromium` (MIT), for Linux machines that have none installed.

Only the archive is taken and checked against its hash; no script of the package is run. Kept in
PAYDESK_HOME/browser.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

VERSION = "153.0.0"
SHA256 = "20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0"
PROGRAM = """#!/bin/sh
# The program finds its libraries beside itself, and fonts where the machine has none.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium.program" "$@"
"""
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir>/tmp/paydesk-fonts</cachedir></fontconfig>
"""
# node brings the decompressor; Python's library has none for this format.
UNPACK = """
const fs = require("fs"), zlib = require("zlib"), { pipeline } = require("stream/promises");
Promise.all(["chromium", "al2023.tar", "fonts.tar"].map(name => pipeline(fs.createReadStream(name + ".br"),
  zlib.createBrotliDecompress(), fs.createWriteStream(name))))
  .catch(problem => { console.error(problem); process.exit(1); });
"""


def packaged_browser(home: Path, *, fetch: bool) -> Path | None:
    """The program, with `fetch` brought here when it is missing; None where that is not possible."""
    place = home / "browser" / VERSION
    if not (place / "chromium").exists():
        if not fetch:
            return None
        wanted = sys.platform == "linux" and platform.machine() == "x86_64"
        if not wanted or not shutil.which("npm") or not shutil.which("node"):
            return None
        unfinished = place.with_name(f"{VERSION}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        try:
            _fetch(unfinished)
        except (OSError, subprocess.SubprocessError, tarfile.TarError, ValueError):
            return None
        unfinished.rename(place)
    return place / "chromium"


def _fetch(folder: Path) -> None:
    package = ["npm", "pack", "--silent", "--ignore-scripts", f"@sparticuz/chromium@{VERSION}"]
    subprocess.run(package, cwd=folder, capture_output=True, check=True, timeout=300)
    archive = next(folder.glob("*.tgz"))
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise ValueError("the package is not the one that was pinned")
    with tarfile.open(archive) as members:
        for name in ("chromium.br", "al2023.tar.br", "fonts.tar.br"):
            packed = members.extractfile(f"package/bin/{name}")
            if packed is None:
                raise ValueError(f"{name} is no file")
            (folder / name).write_bytes(packed.read())
    subprocess.run(["node", "-e", UNPACK], cwd=folder, capture_output=True, check=True, timeout=300)
    for name in ("al2023.tar", "fonts.tar"):  # lib/ and fonts/
        with tarfile.open(folder / name) as members:
            members.extractall(folder, filter="data")
        (folder / name).unlink()
    (folder / "fonts.conf").write_text(FONTS)
    (folder / "chromium").rename(folder / "chromium.program")
    (folder / "chromium").write_text(PROGRAM)
    for name in ("chromium", "chromium.program"):
        (folder / name).chmod(0o755)
    for leftover in (archive, *folder.glob("*.br")):
        leftover.unlink()
