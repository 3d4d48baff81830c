"""A browser, a desk it can reach, people who sign in. Without a browser tests skip; in CI they fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from paydesk.foundation.people.models import Person
from tests.browser.browsers import FLAGS, THEMES, WIDTHS, executable
from tests.browser.people import make_person
from tests.browser.server import serving

# Playwright's synchronous API keeps an event loop running in the thread in which tests prepare their rows.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One for all files of this folder that follow each other: starting it takes longer than many a test."""
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        except Exception as problem:
            reason = "No browser starts: install chromium or name one in PAYDESK_BROWSER."
            if os.environ.get("CI") == "true":
                pytest.fail(f"{reason} {problem}")
            pytest.skip(reason)
        yield started
        started.close()


@pytest.fixture
def desk(committed_db: str, nobody_came_before: None) -> Iterator[str]:
    """The address of a desk on a database of this test's own."""
    with serving() as address:
        yield address


OpenPage = Callable[..., Page]
PATIENCE_MS = 90_000  # on a machine that others use as well a page may take so long
expect.set_options(timeout=PATIENCE_MS)
# What htmx says of a request that was on its way when the person went on to another page.
GONE_ON = ("htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture
def open_page(browser: Any) -> Iterator[OpenPage]:
    """Makes pages of a width and theme; none may log an error or break the content policy till the end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(
        width: int = 1440, theme: str = "light", *, may_complain: bool = False, **options: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)},
            color_scheme=theme,
            reduced_motion="reduce",  # nothing is half shown while it is looked at
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        if may_complain:
            return page
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not message.text.startswith(GONE_ON)
                else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    # The console reports every answer of 400 and above; those a test asks for are looked at by the test.
    expected = ("status of 403", "Status Error Code 403", "status of 404", "status of 409", "status of 422")
    unexpected = [text for text in complaints if not any(part in text for part in expected)]
    assert not unexpected, f"the browser complained: {unexpected}"


@pytest.fixture
def analyst(desk: str) -> Person:
    return make_person("Priya Nair", "AN")


@pytest.fixture
def sign_in(desk: str) -> Callable[[Page, Person], None]:
    """Gives a page the session of a person; the screen itself is tested in test_sign_in."""

    def signed_in(page: Page, person: Person) -> None:
        client = Client()
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": desk}])

    return signed_in


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps a picture of a page below the folder PAYDESK_LOOK names; without it, nothing is written."""

    def taken(page: Page, name: str) -> None:
        folder = os.environ.get("PAYDESK_LOOK")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png")

    return taken


# Wide and light, narrow and dark: each width and each theme once. All four where pictures are wanted.
LOOKS = [(1440, "light"), (390, "dark")]
EVERY_LOOK = [(width, theme) for width in WIDTHS for theme in THEMES]
every_look = pytest.mark.parametrize(
    ("width", "theme"), EVERY_LOOK if os.environ.get("PAYDESK_LOOK") else LOOKS
)
