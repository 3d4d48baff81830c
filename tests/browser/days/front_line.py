"""A front-line day: a call, a mail and a chat about missing payments, from the customer's side too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases.rules import UNDO_SECONDS
from paydesk.domain.cases.tasks import read_mailboxes, send_answers, take_mail_in
from paydesk.domain.contracts.models import Contract
from paydesk.domain.parties.models import CustomerPhone
from paydesk.domain.providers.models import SourceAccount
from tests.browser.axe import assert_no_axe_violations
from tests.browser.days.at_work import (
    Company,
    applies,
    is_no_wider_than_the_screen,
    next_is,
    part,
    resolves,
    sorts,
    verifies,
)
from tests.builders import receive_today, row

KNEW = ("Account number", "Transaction code of a payment")
WAS = {
    "Category": "paying.not_applied",
    "Root cause": "not_received",
    "What became of the money": "applied",
}
TICKS = ("Payment found or asked about at the provider", "Contract and lock checked")


@dataclass(frozen=True, slots=True)
class Missing:
    """A payment that nobody can place: its payer mistyped the account by one digit."""

    code: str
    account: str
    amount: str
    name: str


def three_are_missing() -> list[Missing]:
    """They came in just now, so that no clock is late whatever the day."""
    momo = SourceAccount.objects.get(name__startswith="Hubtel", market="GH")
    alone = CustomerPhone.objects.values("msisdn").annotate(n=Count("pk")).filter(n=1).values("msisdn")
    owed = Contract.objects.filter(market="GH", state="active", customer__phones__msisdn__in=alone)
    contracts = list(owed.select_related("customer").order_by("customer", "pk").distinct("customer")[:3])
    rows = [
        row(
            n, f"{40 + n}.00", provider_ref=f"MISSING00{n}", payer_name="A RELATIVE",
            occurred_at=timezone.now(), reference=f"{number[:-1]}{(int(number[-1]) + 1) % 10}",
        )
        for n, number in enumerate((each.account_number for each in contracts), 1)
    ]  # fmt: skip
    receive_today(momo, *rows)
    return [
        Missing(f"MISSING00{n}", each.account_number, f"{40 + n}.00 GHS", each.customer.name)
        for n, each in enumerate(contracts, 1)
    ]


def works_the_front_line(company: Company) -> None:
    """Each is found, verified, applied, answered with facts within its clock, and resolved."""
    caller, writer, chatter = three_are_missing()
    visitor = company.visitor()
    visitor.goto(f"{company.desk}/customer")
    answers_the_call(company, visitor, caller)
    answers_the_mail(company, visitor, writer)
    answers_the_chat(company, visitor, chatter)


def answers_the_call(company: Company, visitor: Page, caller: Missing) -> None:
    agent = company.opens("samuel", "/cases/?view=team")
    told = visitor.locator(".parts li").filter(has_text=caller.code)
    expect(told).to_contain_text(caller.account)
    phone = told.locator("span").first.inner_text()
    visitor.get_by_label("From the number").fill(phone)
    visitor.get_by_role("button", name="Call the desk").click()
    expect(visitor.get_by_role("status")).to_contain_text("It rings at the desk")
    pop = agent.get_by_role("region", name="Incoming call")
    expect(pop).to_contain_text(caller.name)
    pop.get_by_role("button", name="Take the call").click()
    shown, dialog = part(agent, "detail"), part(agent, "dialog")
    expect(shown).to_contain_text("Ask for their name, then for two facts")
    expect(shown).to_contain_text("Yours")
    expect(part(agent, "side")).to_contain_text("Newest payments")
    agent.keyboard.press("b")
    dialog.get_by_label("Code, the provider's reference").fill(caller.code)
    agent.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("Payer not known: name them")
    expect(shown).to_contain_text("Verify who asks by two facts first")
    assert_no_axe_violations(agent)
    verifies(agent, *KNEW)
    applies(agent, caller.account)
    visitor.get_by_role("button", name="Hang up").click()
    agent.keyboard.press("c")
    expect(dialog.get_by_label("Who called")).to_have_value("yes")
    dialog.get_by_label("How it ended").select_option("answered")
    dialog.get_by_label("What was said").fill("Found and applied; told them what is left.")
    agent.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("told them what is left")
    expect(shown).to_contain_text(re.compile(r"Answer for the first time\s*kept"))
    sorts(agent, WAS)
    narrow = company.narrow("samuel")
    narrow.goto(agent.url)
    more = part(narrow, "detail").get_by_role("button", name="More", exact=True)
    more.focus()
    narrow.keyboard.press("Enter")
    expect(narrow.get_by_role("link", name="Wait…")).to_be_focused()
    assert_no_axe_violations(narrow)
    narrow.keyboard.press("Enter")
    expect(part(narrow, "dialog").get_by_role("button", name="Wait")).to_be_visible()
    narrow.keyboard.press("Escape")
    expect(more).to_be_focused()
    assert is_no_wider_than_the_screen(narrow)
    resolves(agent, ticks=TICKS)


def comes_in() -> None:
    """What the worker does every few seconds."""
    read_mailboxes(timezone.now())
    take_mail_in(timezone.now())


def answers_the_mail(company: Company, visitor: Page, writer: Missing) -> None:
    visitor.goto(f"{company.desk}/customer")
    visitor.get_by_label("Your address").fill("writes@mail.example")
    visitor.get_by_label("What you write").fill(
        f"I paid {writer.amount} and my phone is locked. Code {writer.code}, account {writer.account}."
    )
    visitor.get_by_role("button", name="Send", exact=True).click()
    expect(visitor.get_by_text("The desk reads it within ten seconds")).to_be_visible()
    comes_in()
    agent = company.opens("samuel", "/cases/?view=new&q=writes@mail.example")
    agent.keyboard.press("j")
    agent.keyboard.press("Enter")
    shown, dialog = part(agent, "detail"), part(agent, "dialog")
    expect(shown).to_contain_text("Found as transaction code")
    agent.keyboard.press("a")
    expect(shown).to_contain_text("Yours")
    next_is(agent, "It is payment")
    agent.keyboard.press("1")
    next_is(agent, "It is contract")
    agent.keyboard.press("1")
    next_is(agent, "It is them")
    agent.keyboard.press("p")
    verifies(agent, *KNEW)
    applies(agent, writer.account)
    next_is(agent, "Answer")
    agent.keyboard.press("p")
    answer = agent.get_by_label("Your answer or note")
    expect(answer).to_be_focused()
    agent.keyboard.press("/")
    expect(dialog.get_by_label("Title or words")).to_be_focused()
    agent.keyboard.type("found your")
    agent.keyboard.press("Enter")
    expect(answer).to_have_value(re.compile(f"{writer.amount}.*credited to account {writer.account}"))
    agent.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("Leaves in a moment")
    next_is(agent, "Sort…")
    send_answers(timezone.now() + timedelta(seconds=UNDO_SECONDS))
    agent.reload()
    expect(shown).to_contain_text(re.compile(r"Answer for the first time\s*kept"))
    sorts(agent, WAS)
    resolves(agent, ticks=TICKS)
    visitor.goto(f"{company.desk}/customer")
    letter = visitor.locator(".letter").first
    expect(letter).to_contain_text(f"credited to account {writer.account}")
    letter.get_by_text("Answer", exact=True).click()
    letter.get_by_label("Your answer").fill("It works again, thank you!")
    letter.get_by_role("button", name="Send the answer").click()
    expect(visitor.get_by_text("The desk reads it within ten seconds")).to_be_visible()
    comes_in()
    agent.reload()
    expect(shown).to_contain_text("It works again, thank you!")
    next_is(agent, "Answer")  # it opened the case again


def answers_the_chat(company: Company, visitor: Page, chatter: Missing) -> None:
    visitor.get_by_role("button", name="Open the chat").click()
    chat = visitor.frame_locator("iframe[title='Open the chat']")
    text = chat.get_by_label("Your message", exact=True)
    text.fill(f"Hello, where is my payment {chatter.code}? My account is {chatter.account}")
    text.press("Enter")
    expect(chat.locator("#said .theirs")).to_contain_text(chatter.code)
    expect(chat.locator("#case-code")).to_contain_text("CAS-")
    agent = company.opens("samuel", f"/cases/{chat.locator('#case-code').inner_text()}/")
    shown = part(agent, "detail")
    expect(shown).to_contain_text("In the chat")
    agent.keyboard.press("1")
    next_is(agent, "It is contract")
    agent.keyboard.press("1")
    next_is(agent, "It is them")
    agent.keyboard.press("p")
    verifies(agent, *KNEW)
    applies(agent, chatter.account)
    shown.get_by_role("button", name="Where it is").click()
    text.fill("Are you still there?")
    text.press("Enter")
    expect(shown.get_by_text("Are you still there?")).to_be_in_viewport()
    credited = re.compile(f"credited to account {chatter.account}")
    expect(agent.get_by_label("Your answer or note")).to_have_value(credited)
    agent.keyboard.press("Control+Enter")
    expect(chat.locator("#said .ours")).to_contain_text(credited)
    next_is(agent, "Sort…")
    expect(chat.locator("#said")).to_contain_text("You are talking with Samuel.")
    sorts(agent, WAS)
    resolves(agent, ticks=TICKS)
