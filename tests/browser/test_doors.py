"""A shop on another origin embeds the chat and the form: through a lost connection, to a status page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.doors.actions import add_door
from paydesk.foundation.people.models import Person
from paydesk.web.addresses import code_in
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_market, make_person
from tests.builders import WORKER, make_contract, make_source_account, receive_today, row


class Shop(ThreadingHTTPServer):
    """A site of somebody else, with a strict content policy that lets in the desk alone."""

    daemon_threads = True
    body, desk = "", ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Pages(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        desk = self.server.desk
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src {desk}; frame-src {desk}; img-src data:",
        )
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>Shop</title><h1>Shop</h1>{self.server.body}".encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def shop(desk: str) -> Iterator[Shop]:
    server = Shop(("127.0.0.1", 0), Pages)
    server.desk = desk
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
def test_a_visitor_of_a_shop_chats_proves_who_they_are_and_writes_by_form(
    desk: str, shop: Shop, open_page: OpenPage
) -> None:
    make_market("GH")
    contract = make_contract(customer_name="Ama Mensah")
    (payment,) = receive_today(
        make_source_account(),
        row(1, "50.00", reference=contract.account_number, provider_ref="MP260302AB12"),
    )
    doors = {
        kind: add_door(
            kind=kind, name=kind, market="GH", origins=[shop.origin], by=WORKER, now=timezone.now()
        )[0]
        for kind in ("chat", "form")
    }
    shop.body = (
        f'<iframe id="form" src="{desk}/ask/{doors["form"].key}" title="Form" width="400" height="900">'
        "</iframe>"
        f'<script src="{desk}/static/js/chat-widget.js" data-chat="{doors["chat"].key}" defer></script>'
    )

    # The connection is cut on purpose, which a browser complains about.
    visitor = open_page(1000, may_complain=True)
    visitor.goto(shop.origin)
    visitor.get_by_role("button", name="Open the chat").click()
    chat = visitor.frame_locator("iframe[title='Open the chat']")
    text = chat.get_by_label("Your message", exact=True)
    text.fill("Hello, where is my payment?")
    text.press("Enter")
    expect(chat.locator("#said .theirs")).to_have_text("Hello, where is my payment?")

    case = Case.objects.get()
    visitor.context.set_offline(True)
    text.fill("Are you still there?")
    text.press("Enter")
    text.fill("My code is MP260302AB12")
    text.press("Enter")
    expect(chat.locator("#said .waits")).to_have_count(2)
    expect(chat.locator("#state")).to_contain_text("No connection")
    visitor.context.set_offline(False)
    expect(chat.locator("#said .waits")).to_have_count(0)
    said = list(Message.objects.filter(direction="in").order_by("pk").values_list("text", flat=True))
    assert said == ["Hello, where is my payment?", "Are you still there?", "My code is MP260302AB12"]

    slip = {"name": "slip.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"\0" * 40}
    chat.get_by_label("Send a file: PDF, JPEG or PNG").set_input_files(slip)  # type: ignore[arg-type]
    expect(chat.locator("#said .theirs .file")).to_have_text("slip.png (1 KB)")

    chat.get_by_text("Where is my payment?", exact=True).last.click()
    chat.get_by_label("Account number").fill(contract.account_number)
    chat.get_by_label("Transaction code").fill("mp260302ab12")
    chat.get_by_role("button", name="Show it").click()
    expect(chat.locator("#things")).to_contain_text("50.00 GHS")
    case.refresh_from_db()
    assert (case.level, case.customer_id) == ("two_facts", payment.customer_id)

    form = visitor.frame_locator("#form")
    form.get_by_label("Payment reference").fill(code_in("payment", payment.pk)[:-1])
    expect(form.locator("#reference-said")).to_contain_text("looks mistyped")
    form.get_by_label("Payment reference").fill(code_in("payment", payment.pk))
    expect(form.locator("#reference-said")).to_have_text("We know this reference.")
    form.get_by_label("What happened?").select_option("paying.not_applied")
    form.get_by_label("Tell us more").fill("My phone is locked")
    form.get_by_label("Your e-mail address or phone number").fill("ama@mail.example")
    form.get_by_role("button", name="Send").click()
    expect(form.locator("#case-code")).to_contain_text("CAS-")
    sent = Case.objects.get(channel="web_form")
    assert form.locator("#case-code").text_content() == code(sent)
    with visitor.expect_popup() as opened:
        form.get_by_role("link", name="Where it stands").click()
    page = opened.value
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your message")
    assert_no_axe_violations(page)


def test_what_is_set_up_stands_as_cards_on_a_phone(
    desk: str, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    admin = make_person("Ada Admin", "AD")
    add_door(kind="chat", name="Chat of the shop", market="GH", by=WORKER, now=timezone.now())
    phone = open_page(width=390)
    sign_in(phone, admin)
    phone.goto(f"{desk}/doors/")
    for button in phone.locator("tbody .btn").all():
        place = button.bounding_box()
        assert place is not None
        assert place["x"] + place["width"] <= 390, "no button lies beyond the edge"
    assert phone.locator("tbody .btn").count() == 3
    assert_no_axe_violations(phone)
