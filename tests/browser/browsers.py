"""Which browser the tests drive, and how it is started."""

from __future__ import annotations

from paydesk.config.browser import find_browser

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
    """The browser `./paydesk test` would drive; None leaves the choice to Playwright."""
    found = find_browser()
    return str(found) if found else None
