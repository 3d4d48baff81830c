"""Days at the demo company, in the browsers of its people: as docs/how-to/three-days.md and a-bad-morning.md
tell them. The company is loaded once; each day has a copy of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import override_settings
from playwright.sync_api import Page

from conftest import own_database
from paydesk.demo import latest_morning
from paydesk.demo.load import load_company
from paydesk.foundation.people.models import Person
from tests.browser.conftest import OpenPage
from tests.browser.days.at_work import Company
from tests.browser.days.bad_morning import works_the_bad_morning
from tests.browser.days.complaints import works_the_complaints
from tests.browser.days.front_line import works_the_front_line
from tests.browser.days.payments import works_the_payments
from tests.browser.server import serving

SignIn = Callable[[Page, Person], None]


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The company's database, to be copied, and the folder with its documents and post."""
    folder = tmp_path_factory.mktemp("company")
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        own_database(django_db_blocker, "company") as name,
        override_settings(DOCUMENTS_FOLDER=folder / "documents", PASSWORD_HASHERS=hashers),
    ):
        until = latest_morning(datetime.now(UTC))
        load_company(customers=120, days=3, until=until, seed=1, bad_morning=True)
        connections.close_all()
        yield name, folder


@pytest.fixture
def desk(
    loaded: tuple[str, Path],
    django_db_blocker: Any,
    settings: Any,
    tmp_path: Path,
    nobody_came_before: None,
) -> Iterator[str]:
    """A desk on a copy of the company."""
    name, folder = loaded
    settings.DOCUMENTS_FOLDER, settings.POST_FOLDER = folder / "documents", tmp_path / "post"
    with own_database(django_db_blocker, "day", of=name), serving() as address:
        yield address


@pytest.fixture
def company(desk: str, open_page: OpenPage, sign_in: SignIn) -> Company:
    """Windows by the beginning of an address: "ama", "tunde"."""
    windows: dict[tuple[str, int], Page] = {}

    def window(who: str, width: int = 1440, theme: str = "light") -> Page:
        if (who, width) not in windows:
            windows[who, width] = open_page(width, theme)
            sign_in(windows[who, width], Person.objects.get(email=f"{who}@demo.example"))
        return windows[who, width]

    return Company(desk, window, lambda: open_page(1000), lambda who: window(who, 390, "dark"))


def test_a_call_a_mail_and_a_chat_about_missing_payments(company: Company) -> None:
    works_the_front_line(company)


def test_complaints_an_incident_a_fraud_and_a_review(company: Company, tmp_path: Path) -> None:
    works_the_complaints(company, tmp_path)


def test_an_escalation_with_finance(company: Company) -> None:
    works_the_payments(company)


def test_a_bad_morning_has_an_owner_for_everything_and_ties_out(company: Company) -> None:
    works_the_bad_morning(company)
