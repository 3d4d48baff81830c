"""Which browser the tests drive, and how it is started."""

from __future__ import annotations

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {1440: 900, 390: 844}
THEMES = ("light", "dark")


def executable() -> str | None:
    """PAYDESK_BROWSER, else an installed Chromium or Chrome; None leaves the choice to Playwright's own."""
    named = os.environ.get("PAYDESK_BROWSER")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    return None
