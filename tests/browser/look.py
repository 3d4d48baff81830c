"""Pictures of screens of a running desk.

    python -m tests.browser.look FOLDER PATH... --as ADDRESS --password WORD [--at http://127.0.0.1:8000]

Each path is taken at 1440 and 390 px, light and dark, and looked at by axe; what axe finds is printed.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.axe import violations
from tests.browser.browsers import FLAGS, THEMES, WIDTHS, executable


def look(browser: Browser, desk: str, email: str, password: str, paths: list[str], folder: Path) -> int:
    """Write a picture per path, width and theme below `folder`; return how many axe complains about."""
    complained = 0
    for width, height in WIDTHS.items():
        for theme in THEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            page = context.new_page()
            page.goto(f"{desk}/sign-in/")
            page.get_by_label("E-mail").fill(email)
            page.get_by_label("Password", exact=True).fill(password)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
            for path in paths:
                page.goto(desk + path)
                page.wait_for_load_state("networkidle")
                name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"
                page.screenshot(path=folder / f"{name}-{theme}-{width}.png")
                found = violations(page)
                complained += bool(found)
                sys.stdout.write("".join(f"{path} {theme} {width}: {line}\n" for line in found))
            context.close()
    return complained


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.browser.look", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("paths", nargs="+")
    asked.add_argument("--at", default="http://127.0.0.1:8000")
    asked.add_argument("--as", dest="email", required=True)
    asked.add_argument("--password", required=True)
    said = asked.parse_args()
    said.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        complained = look(browser, said.at, said.email, said.password, said.paths, said.folder)
        browser.close()
    sys.exit(1 if complained else 0)


if __name__ == "__main__":
    main()
