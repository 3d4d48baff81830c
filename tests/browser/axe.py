"""What axe-core says about a page: it must find nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parent / "vendor" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """One line per violation: the rule, what it asks for, and the elements."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(result => result.violations)", RULES
    )
    return [
        f"{each['id']}: {each['help']}\n  "
        + "\n  ".join(f"{node['target'][-1]}: {node['failureSummary']}" for node in each["nodes"])
        for each in found
    ]


def assert_no_axe_violations(page: Page) -> None:
    found = violations(page)
    assert not found, f"axe finds on {page.url}:\n" + "\n".join(found)
