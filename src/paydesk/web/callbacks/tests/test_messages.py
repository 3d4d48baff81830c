"""What came in by callback: shown with its reason, tried again after a fix; the address on the account."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.callbacks.tests.company import (
    c2b,
    hubtel,
    hubtel_endpoint,
    mpesa_endpoint,
    post_all,
    send,
)
from paydesk.domain.providers.models import CallbackEndpoint
from paydesk.domain.providers.queries import callback_addresses
from paydesk.foundation.inbox.models import Message
from paydesk.kernel.public_codes import code_of
from tests.browser.people import make_person
from tests.builders import make_source_account
from tests.pages import without_secrets

LIST = reverse("callbacks:list")
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module", autouse=True)
def _own_database(committed_module_db: str) -> None:
    """Real commits; every test has accounts of its own."""


@pytest.fixture(scope="module")
def clients(_own_database: None) -> dict[str, Client]:
    found = {}
    for role in ("AN", "AU", "QA", "AD"):
        found[role] = Client()
        found[role].force_login(
            make_person(f"{role} Person", role, email=f"{role}@desk.example".lower(), markets="GH")
        )
    return found


def opened(client: Client, message: Message) -> str:
    answer = client.get(LIST, {"open": code_of("MSG", message.pk)})
    assert answer.status_code == 200
    return without_secrets(answer)


def test_a_payment_is_shown_with_what_it_became(clients: dict[str, Client]) -> None:
    message = send(hubtel_endpoint(name="Hubtel shown"), hubtel(id="SHOWN1", CustomerName="Esi Owusu"))
    assert "The worker reads it in a moment" in opened(clients["AN"], message)
    post_all()
    page = opened(clients["AN"], message)
    for text in (
        "SHOWN1",
        "Hubtel shown",
        "PAY-",
        "Callbacks of 2026-03-02",
        "Data.Amount",
        "50.00",
        "Esi Owusu",
    ):
        assert text in page
    assert "Owusu" not in opened(clients["AU"], message)


def test_a_rejected_one_says_why_masks_cards_and_can_be_tried_again(clients: dict[str, Client]) -> None:
    endpoint = hubtel_endpoint()
    message = send(endpoint, hubtel("7777", Description="card 4111 1111 1111 1111"))
    post_all()
    page = opened(clients["AN"], message)
    assert "is not known, so it is not clear whether money moved" in page
    assert "411111******1111" in page
    assert "4111 1111" not in page
    address = reverse("callbacks:retry", args=[code_of("MSG", message.pk)])
    assert clients["AU"].post(address).status_code == 403
    assert "Your role cannot do this" in opened(clients["AU"], message)
    for _ in range(2):
        assert clients["AN"].post(address, headers=HTMX).status_code == 200
    post_all()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("rejected", 1)
    assert clients["AN"].post(address).status_code == 302


def test_what_is_understood_is_not_tried_again(clients: dict[str, Client]) -> None:
    message = send(hubtel_endpoint(), hubtel())
    post_all()
    address = reverse("callbacks:retry", args=[code_of("MSG", message.pk)])
    assert clients["AN"].post(address, headers=HTMX).status_code == 409


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"<b>no</b>", b"[" * 60_000, b'"\\ud800"'], ids=range(4))
def test_any_bytes_are_shown_without_harm(clients: dict[str, Client], body: bytes) -> None:
    message = send(hubtel_endpoint(), body)
    post_all()
    page = opened(clients["AN"], message)
    assert "<b>no" not in page
    assert "Rejected" in page


def test_filters_pages_and_exports(clients: dict[str, Client], django_assert_num_queries: Any) -> None:
    endpoint = hubtel_endpoint(name="Hubtel filtered")
    for n in range(4):
        send(endpoint, hubtel("7777" if n else "0000", id=f"FLT{n}"))
    post_all()
    query = {"account": str(endpoint.source_account_id), "state": "rejected"}
    page = without_secrets(clients["AN"].get(LIST, query))
    assert page.count("data-row ") + page.count("data-row>") == 3
    assert "Clear filters" in without_secrets(clients["AN"].get(LIST, {**query, "channel": "push"}))
    clients["AN"].get(LIST, query)
    with django_assert_num_queries(17, exact=False):
        clients["AN"].get(LIST, query)
    answer = clients["AN"].get(reverse("callbacks:export", args=["csv"]), {"account": query["account"]})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.count("MSG-") == 4
    assert "50.00" in text
    assert clients["AN"].get(reverse("callbacks:export", args=["xlsx"])).status_code == 200


def test_other_markets_are_not_found(clients: dict[str, Client]) -> None:
    message = send(mpesa_endpoint(identifier="600991"), c2b(receipt="OM1", number="600991"))
    for code in (code_of("MSG", message.pk), "MSG-0000000", code_of("MSG", 2**70)):
        assert clients["AN"].get(LIST, {"open": code}).status_code in (200, 404)
        assert "OM1" not in without_secrets(clients["AN"].get(LIST, {"open": code}))
        assert clients["AN"].post(reverse("callbacks:retry", args=[code])).status_code == 404
    assert clients["QA"].get(LIST).status_code == 200
    assert clients["AD"].get(LIST).status_code == 403


# --- the address on the account's screen


def account_page(client: Client, account_id: int) -> str:
    """As it stands: the addresses must be there, so nothing is taken out."""
    return client.get(reverse("providers:list"), {"account": account_id}).content.decode()


def test_an_analyst_makes_an_address_gets_it_shown_makes_a_new_one_and_closes_it(
    clients: dict[str, Client],
) -> None:
    account = make_source_account(provider="hubtel", name="Hubtel to call")
    an = clients["AN"]
    assert "Make a callback address" in account_page(an, account.pk)
    an.post(reverse("providers:open_callbacks", args=[account.pk]), {"dialect": "hubtel"})
    endpoint = CallbackEndpoint.objects.get(source_account=account)
    first = callback_addresses(endpoint, timezone.now())[0].secret
    assert f"/in/{first}/payment" in account_page(an, account.pk)
    assert first not in account_page(clients["AU"], account.pk)
    an.post(reverse("providers:rotate_callbacks", args=[account.pk]), {"grace_hours": "24"})
    second = callback_addresses(endpoint, timezone.now())[0].secret
    page = account_page(an, account.pk)
    assert first in page
    assert second in page
    assert "old, good until" in page
    limits = reverse("providers:limit_callbacks", args=[account.pk])
    assert an.post(limits, {"networks": "nowhere"}, headers=HTMX).status_code == 409
    assert an.post(limits, {"networks": "203.0.113.0/24", "also_numbers": "77"}).status_code == 302
    assert "203.0.113.0/24" in account_page(an, account.pk)
    assert an.post(reverse("providers:close_callbacks", args=[account.pk])).status_code == 302
    assert second not in account_page(an, account.pk)


def test_bad_graces_and_accounts_of_others_are_refused(clients: dict[str, Client]) -> None:
    endpoint, kenya = hubtel_endpoint(), mpesa_endpoint(identifier="600992")
    rotate = reverse("providers:rotate_callbacks", args=[endpoint.source_account_id])
    for grace in ("", "-1", "5", "999999999999", "x"):
        assert clients["AN"].post(rotate, {"grace_hours": grace}, headers=HTMX).status_code == 409
    for name in ("rotate", "limit", "close"):
        other = reverse(f"providers:{name}_callbacks", args=[kenya.source_account_id])
        assert clients["AN"].post(other, {"grace_hours": "0"}).status_code == 404
        ours = reverse(f"providers:{name}_callbacks", args=[endpoint.source_account_id])
        assert clients["AU"].post(ours, {"grace_hours": "0"}).status_code == 403
        assert clients["AN"].get(ours).status_code == 200
