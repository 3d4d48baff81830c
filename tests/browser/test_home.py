"""The morning in a browser: an empty desk, a desk at work, files dropped on it, in every look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person, PersonRole
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.browser.people import make_person
from tests.browser.working import a_worker
from tests.builders import make_contract, make_file, make_source_account, receive, row

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]


def make_morning() -> None:
    """Two accounts with days missing, money that waits in two currencies, a file that waits for a person."""
    now = timezone.now()
    ghana = make_source_account(name="Momo Accra")
    kenya = make_source_account(market="KE", currency="KES", provider="mpesa", name="Paybill Nairobi")
    make_contract(account_number="10482937")
    for days_ago in range(1, 12):
        at = now - timedelta(days=days_ago)
        receive(
            ghana,
            row(2, "50.00", reference="10482937", occurred_at=at),
            row(3, "7.00", reference="nobody", occurred_at=at),
        )
        receive(kenya, row(2, "900.00", currency="KES", reference="nobody", occurred_at=at))
        if days_ago not in (3, 4):
            make_file(ghana, state="posted", covers_from=at, covers_to=at, posted_at=at, rejected_count=2)
    make_file(ghana, state="previewed", filename="momo-a-very-long-name-of-an-export-from-the-portal.csv")


@every_look
def test_the_morning_fits_and_passes_axe(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture, width: int, theme: str
) -> None:
    page = open_page(width, theme)
    sign_in(page, analyst)
    page.goto(f"{desk}/")
    expect(page.get_by_role("heading", name="Welcome to the desk")).to_be_visible()
    picture(page, f"home-empty-{theme}-{width}")
    assert_no_axe_violations(page)
    make_morning()
    page.goto(f"{desk}/")
    picture(page, f"home-{theme}-{width}")
    assert_no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("Day by day").click()
    assert_no_axe_violations(page)


def test_every_place_fits_a_phone_however_many_stand_in_the_bar(
    desk: str, open_page: OpenPage, sign_in: SignIn
) -> None:
    make_morning()
    person = make_person("Tunde Bello", "TL")
    PersonRole.objects.bulk_create(PersonRole(person=person, role=role) for role in ("AD", "FC", "SU"))
    page = open_page(390, is_mobile=True, has_touch=True)  # what is too wide widens it
    sign_in(page, person)
    page.goto(f"{desk}/")
    places = page.eval_on_selector_all(".rail li a", "all => all.map(a => a.getAttribute('href'))")
    assert len(places) > 20
    too_wide = []
    for place in places:
        answer = page.goto(desk + place, wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status == 200, place
        width = page.evaluate("Math.max(document.documentElement.scrollWidth, innerWidth)")
        if width > 390:
            too_wide.append((place, width))
    assert not too_wide
    more = "for (let n = 0; n < 3; n++) { const li = document.querySelector('.rail li');"
    page.evaluate(f"() => {{ {more} li.after(li.cloneNode(true)); }} }}")
    assert page.evaluate("Math.max(document.documentElement.scrollWidth, innerWidth)") == 390


def test_figures_lead_to_their_rows(desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn) -> None:
    make_morning()
    page = open_page()
    sign_in(page, analyst)
    for link, address in (
        ("Suspense: payer unknown", "**/suspense/"),
        ("11 in KES", "**/suspense/?currency=KES"),
        ("Received yesterday", "**/payments/?from=*"),
        ("Upload for Paybill Nairobi", "**/intake/?upload_to=*"),
    ):
        page.goto(f"{desk}/")
        page.get_by_role("main").or_(page.get_by_role("region", name="Today")).get_by_role(
            "link", name=link
        ).click()
        page.wait_for_url(address)
        expect(page.get_by_role("main")).to_be_visible()


def test_a_file_dropped_on_the_home_page_shows_there_by_itself(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    make_source_account()
    page = open_page()
    sign_in(page, analyst)
    file = {"name": "new.csv", "mimeType": "text/csv", "buffer": b"Date;Amount;Ref\n01-03-2026;5.00;x\n"}
    page.on("filechooser", lambda chooser: chooser.set_files(file))
    with a_worker():
        page.goto(f"{desk}/")
        page.keyboard.press("u")
        expect(page.get_by_role("row").filter(has_text="new.csv")).to_contain_text("Mapping needed")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/intake/FIL-*/")
