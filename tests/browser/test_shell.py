"""The shell in a browser: every part in both themes and on a phone, the keys, dialogs, refusals, menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _gallery(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.browser.gallery"


@every_look
def test_every_part_passes_axe_and_stays_inside_the_screen(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture, width: int, theme: str
) -> None:
    page = open_page(width, theme)
    sign_in(page, analyst)
    for query in ("", "?open=4715"):
        answer = page.goto(f"{desk}/gallery/{query}")
        assert answer is not None
        assert answer.status == 200
        picture(page, f"gallery{'-open' if query else ''}-{theme}-{width}")
        assert_no_axe_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.dataset.bsTheme") == theme


def test_money_is_set_in_tabular_figures_at_the_right_and_does_not_wrap(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(390)
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    styles = page.eval_on_selector_all(
        ".money",
        "all => all.map(e => { const s = getComputedStyle(e);"
        " return s.fontVariantNumeric + ' ' + s.whiteSpace; })",
    )
    assert set(styles) == {"tabular-nums nowrap"}
    assert "−" in page.locator(".row1 .money").nth(4).inner_text()


def test_keys_move_in_the_list_open_places_and_rest_inside_fields(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.keyboard.press("j")
    expect(page.locator("#row-4716")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("#row-4714")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("jp?")
    assert page.input_value("#find") == "jp?"
    assert not page.locator("dialog[open]").count()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    keys = page.locator("#keys")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Identify payer")
    assert_no_axe_violations(page)
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/?open=*")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")
    page.goto(f"{desk}/gallery/")  # the page of customers is a bare one here: it hears no keys
    page.keyboard.press("g")
    page.keyboard.press("k")  # alone, k goes a row up
    page.wait_for_url("**/clocks/")


def test_keys_can_be_switched_off(desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.keyboard.press("?")
    page.get_by_label("Use single-letter keys in this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.reload()
    page.keyboard.press("p")
    page.wait_for_timeout(200)
    expect(page.locator("#dialog")).to_be_hidden()


def test_an_action_asks_in_a_dialog_and_a_refusal_stands_beside_its_form(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.keyboard.press("p")
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    expect(page.locator("#amount")).to_be_focused()
    dialog.get_by_role("button", name="Apply 150.00 GHS").click()
    expect(dialog.get_by_role("alert")).to_contain_text("120.00 GHS outstanding")
    assert page.input_value("#amount") == "150.00"
    picture(page, "dialog-refused")
    assert_no_axe_violations(page)
    page.fill("#amount", "120.00")
    dialog.get_by_role("button", name="Apply 150.00 GHS").click()
    expect(page.locator("#outcome")).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".toast-note")).to_have_text("Applied 120.00 GHS.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Apply", exact=False).first).to_be_focused()


def test_the_same_address_is_a_page_of_its_own(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/dialog")
    expect(page.get_by_role("heading", level=1)).to_have_text("Apply unapplied cash")
    assert_no_axe_violations(page)


def test_a_blocked_action_says_who_can_do_it(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    move = page.get_by_role("button", name="Move")
    assert move.get_attribute("aria-disabled") == "true"
    assert "Administrator can." in (move.get_attribute("title") or "")
    move.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_have_text("Your role cannot do this. Administrator can.")
    answer = page.goto(f"{desk}/gallery/administrators")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("Administrator can.")
    assert_no_axe_violations(page)


def test_the_theme_is_kept_and_shown_before_the_first_paint(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(theme="light")
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.add_init_script(
        "new PerformanceObserver(() => { window.themeAtPaint ??= document.documentElement.dataset.bsTheme })"
        ".observe({type: 'paint', buffered: true})"
    )
    page.reload()
    page.wait_for_function("() => Boolean(window.themeAtPaint)")
    assert page.evaluate("window.themeAtPaint") == "dark"


def test_a_phone_reaches_every_place_and_the_side_pane(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    page = open_page(390)
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/?open=4715")
    page.get_by_role("button", name="Customer", exact=True).click()
    expect(page.get_by_role("complementary", name="Customer")).to_be_visible()
    picture(page, "side-pane-390")
    assert_no_axe_violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("navigation", name="More places").get_by_role("link").first).to_be_visible()
    picture(page, "more-390")
    assert_no_axe_violations(page)
    page.get_by_role("navigation", name="More places").get_by_role("link", name="Suspense").click()
    page.wait_for_url("**/suspense/")


def test_the_account_menu_names_role_and_markets_and_signs_out(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.get_by_role("button", name="account menu").click()
    menu = page.locator("#person-menu")
    expect(menu).to_contain_text("Payments analyst")
    expect(menu).to_contain_text("Ghana, Kenya, Nigeria")
    picture(page, "person-menu")
    assert_no_axe_violations(page)
    menu.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")


def test_several_files_go_up_each_with_its_own_outcome(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.evaluate(
        "() => { window.changes = 0;"
        " document.body.addEventListener('files-changed', () => { window.changes += 1; }); }"
    )
    files = ["momo.csv", "bad.csv", "bank.xml"]
    page.locator("#files").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": b"Date,Ref\n" * 9000} for name in files]
    )
    row = page.locator("[data-uploads] li")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("bad.csv is not a statement")
    page.wait_for_function("() => window.changes === 2")
    picture(page, "upload")
    assert_no_axe_violations(page)


def test_a_file_let_go_anywhere_on_the_page_goes_up(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["x"], "bad-drop.csv"));
            const init = {dataTransfer: data, bubbles: true, cancelable: true};
            document.querySelector("h1").dispatchEvent(new DragEvent("drop", init));
        }"""
    )
    expect(page.locator("[data-uploads] li")).to_contain_text("bad-drop.csv is not a statement")
    assert page.url.endswith("/gallery/")


def test_a_live_part_is_swapped_when_it_changed_and_left_alone_when_not(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    expect(page.locator("#live-part")).to_have_text("3 of 3 rows")
    page.evaluate("() => { document.getElementById('live-part').dataset.same = 'yes'; }")
    with page.expect_response("**/gallery/live?v=1") as answer:
        pass
    assert answer.value.status == 204
    assert page.locator("#live-part").get_attribute("data-same") == "yes"


def test_a_desk_that_does_not_answer_is_told_with_the_time_of_what_is_shown(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(may_complain=True)
    sign_in(page, analyst)
    page.goto(f"{desk}/gallery/")
    page.route("**/gallery/live*", lambda route: route.abort())
    expect(page.locator("#offline")).to_contain_text("What you see is as of")
    page.unroute("**/gallery/live*")
    expect(page.locator("#offline")).to_have_count(0)
