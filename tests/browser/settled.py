"""Waiting until a page is wired up, before a key is pressed on it."""

from playwright.sync_api import Page


def settled(page: Page) -> None:
    """What was swapped in is wired up: a key pressed before that opens the same as a page of its own."""
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
    page.wait_for_timeout(300)
