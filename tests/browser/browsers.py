"""Which browser the tests drive, and how it is started."""

from __future__ import annotations

from paydesk.config.browser import find_browser

# Of the whole Chromium: pages of its own address bar, which cost every window more than ours do. It takes
# the last list alone, so of Playwright's own list those that matter on loopback are said again.
NOT_WANTED = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    *("PreconnectToSearch", "Translate"),
)
FLAGS = [
    f"--disable-features={','.join(NOT_WANTED)}",
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
