"""What the doors decide, in plain Python: references, sites, levels, tries, calls, programs."""

from __future__ import annotations

import pytest

from paydesk.domain.cases.rules import Level
from paydesk.domain.doors import rules
from paydesk.kernel.public_codes import code_of, luhn_digit


def test_what_a_typed_reference_looks_like_says_nothing_of_what_is_behind() -> None:
    ours, account = code_of("PAY", 77), f"1048293{luhn_digit('1048293')}"
    typed = {
        "": "empty", "48": "short", ours: "unknown", ours[:-1] + "?": "unknown", account: "unknown",
        account[:-1] + str((int(account[-1]) + 1) % 10): "mistyped", "MP260302AB12": "unknown",
        "4111 1111 1111 1111": "card", "4111-1111-1111-1111": "card",
    }  # fmt: skip
    assert {text: rules.reading_of(text, is_known=False) for text in typed} == typed
    assert rules.reading_of(f"{ours[:-1]}{'0' if ours[-1] != '0' else '1'}", is_known=False) == "mistyped"
    assert rules.reading_of("anything", is_known=True) == "known"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Shop.example/", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("http://127.0.0.1:99", "http://127.0.0.1:99"),
        ("http://shop.example", None),
        ("https://shop.example/path", None),
        ("https://user@shop.example", None),
        ("https://*.example", None),
        ("https://a.example;script-src *", None),
        ("https://shop.example:x", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_only_a_site_may_embed_and_nothing_slips_into_the_policy(text: str, origin: str | None) -> None:
    assert rules.origin_of(text) == origin


def test_a_page_is_given_to_whoever_may_hear_and_never_with_more_than_two_facts() -> None:
    assert "no status page" in rules.why_no_link(level="strong", needed=None, party_role="customer")
    assert rules.why_no_link(level="unverified", needed=Level.UNVERIFIED, party_role="unknown") == ""
    assert "not verified" in rules.why_no_link(
        level="unverified", needed=Level.TWO_FACTS, party_role="customer"
    )
    assert "third person" in rules.why_no_link(
        level="strong", needed=Level.TWO_FACTS, party_role="third_party"
    )
    assert [rules.link_level(each) for each in ("unverified", "two_facts", "strong")] == [
        "unverified", "two_facts", "two_facts",
    ]  # fmt: skip


def test_two_right_facts_prove_and_one_wrong_among_them_does_not() -> None:
    assert rules.proved({"account_number", "last_payment"}, set())
    assert not rules.proved({"account_number"}, set())
    assert not rules.proved({"account_number", "last_payment"}, {"transaction_code"})
    assert rules.why_no_more_tries(2, 5) == ""
    assert rules.why_no_more_tries(3, 0)
    assert rules.why_no_more_tries(0, 6)


def test_a_call_goes_forward_only_whatever_order_its_events_come_in() -> None:
    assert rules.call_after("ringing", "answered") == "answered"
    assert rules.call_after("answered", "ringing") == "answered"
    assert rules.call_after("ringing", "ended") == "missed"
    assert rules.call_after("answered", "ended") == "ended"
    assert rules.call_after("missed", "ringing") == "missed"


def test_a_program_that_follows_links_is_no_visitor() -> None:
    browser = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"
    assert not rules.is_machine("GET", browser, "")
    for seen in (
        ("HEAD", browser, ""),
        ("GET", "", ""),
        ("GET", browser, "prefetch"),
        ("GET", "Googlebot", ""),
    ):
        assert rules.is_machine(*seen), seen


def test_of_a_device_only_its_kind_is_known() -> None:
    said = {
        "Mozilla/5.0 (Linux; Android 13; TECNO KG5) Chrome/120 Mobile Safari/537.36": "phone",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148": "phone",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/190; U; en)": "phone",
        "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Mobile/15E148": "tablet",
        "Mozilla/5.0 (Linux; Android 12; SM-T500) Chrome/120 Safari/537.36": "tablet",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/120.0": "computer",
        "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0": "computer",
        "Something/1.0": "",
    }
    assert {each: rules.device_of(each) for each in said} == said
