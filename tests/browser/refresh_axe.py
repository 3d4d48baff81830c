"""Fetch axe-core again: `python -m tests.browser.refresh_axe`. It checks screens in tests, ships nowhere."""

from pathlib import Path

from paydesk.web.refresh_vendor import Package, refresh

VENDOR = Path(__file__).resolve().parent / "vendor"
PACKAGES = [
    Package("axe-core", "4.14.1", "MPL-2.0", "axe", {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE"}),
]

if __name__ == "__main__":
    refresh(PACKAGES, VENDOR)
