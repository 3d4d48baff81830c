"""The list of pending payments: who sees what, asking again, closing with a reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.callbacks import actions
from paydesk.domain.callbacks.models import PendingPayment
from paydesk.domain.callbacks.tests.company import (
    accepted_push,
    hubtel,
    hubtel_endpoint,
    mpesa_endpoint,
    post_all,
    send,
)
from paydesk.domain.providers.models import CallbackEndpoint
from paydesk.kernel.public_codes import code_of
from tests.browser.people import make_person
from tests.builders import WORKER
from tests.pages import without_secrets

LIST = reverse("pending:list")
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module", autouse=True)
def _own_database(committed_module_db: str) -> None:
    """Real commits; every test has accounts of its own."""


@pytest.fixture(scope="module")
def clients(_own_database: None) -> dict[str, Client]:
    found = {}
    for role in ("AN", "AU", "AD"):
        found[role] = Client()
        found[role].force_login(
            make_person(f"{role} Person", role, email=f"{role}@desk.example".lower(), markets="GH")
        )
    return found


def pending_payment(*, stale: bool = False, **data: Any) -> PendingPayment:
    endpoint: CallbackEndpoint = hubtel_endpoint(name="Hubtel tests")
    now = timezone.now()
    send(endpoint, hubtel("0001", CustomerName="Esi Owusu", CustomerMsisdn="233241234567", **data), now=now)
    post_all(now)
    pending = PendingPayment.objects.get(source_account=endpoint.source_account)
    if stale:
        for after in (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1)):
            actions.ask_due(by=WORKER, now=now + after)
        pending.refresh_from_db()
    return pending


def opened(client: Client, pending: PendingPayment, **more: str) -> str:
    answer = client.get(LIST, {"open": code_of("PND", pending.pk), "state": "all", **more})
    assert answer.status_code == 200
    return without_secrets(answer)


def test_the_list_shows_the_longest_waiting_first_with_the_next_step(clients: dict[str, Client]) -> None:
    pending = pending_payment(id="L1", reference="R-L1", stale=True)
    page = opened(clients["AN"], pending)
    for text in ("Esi Owusu", "50.00", "R-L1", "L1", "Stale", "No connection to", "asked by the desk"):
        assert text in page


def test_it_takes_as_many_queries_with_many_as_with_one(
    clients: dict[str, Client], django_assert_num_queries: Any
) -> None:
    pending_payment()
    clients["AN"].get(LIST)
    with django_assert_num_queries(19, exact=False) as first:
        clients["AN"].get(LIST)
    for _ in range(3):
        pending_payment()
    with django_assert_num_queries(len(first.captured_queries)):
        clients["AN"].get(LIST)


def test_other_markets_and_unknown_codes_are_not_found(clients: dict[str, Client]) -> None:
    endpoint = mpesa_endpoint(identifier="600881")
    send(endpoint, accepted_push("ws_CO_K"), "push")
    post_all()
    kenyan = PendingPayment.objects.get(source_account=endpoint.source_account)
    assert "600881" not in without_secrets(clients["AN"].get(LIST, {"state": "all"}))
    for code in (code_of("PND", kenyan.pk), "PND-0000000", "nonsense", code_of("PND", 2**70)):
        assert clients["AN"].get(LIST, {"open": code}).status_code == 404
        assert clients["AN"].post(reverse("pending:ask", args=[code])).status_code == 404


def test_without_a_connection_asking_is_shown_blocked_with_who_can(clients: dict[str, Client]) -> None:
    page = opened(clients["AN"], pending_payment())
    assert "An administrator adds it" in page
    assert 'hx-post="/pending/' not in page


def test_asking_again_shows_that_it_is_asked_and_a_second_press_asks_once(
    clients: dict[str, Client], settings: Any, tmp_path: Path
) -> None:
    pending = pending_payment(stale=True)
    account = pending.source_account
    settings.CONNECTIONS_FILE = tmp_path / "connections.toml"
    settings.CONNECTIONS_FILE.write_text(
        f'[[connection]]\nprovider = "hubtel"\naccount = "{account.identifier}"\nkind = "hubtel"\n'
        'base_url = "http://127.0.0.1:9"\nkey = "invented"\nsecret = "invented"\n'
    )
    assert "Ask again now<kbd" in opened(clients["AN"], pending)
    address = reverse("pending:ask", args=[code_of("PND", pending.pk)])
    for _ in range(2):
        answer = clients["AN"].post(address, headers=HTMX)
        assert "Asking…" in without_secrets(answer)
    assert actions.ask_due(by=WORKER, now=timezone.now()) == 1
    page = opened(clients["AN"], pending)
    assert "did not answer" in page
    assert "Ask again now<kbd" in page


def test_a_stale_one_is_closed_with_a_reason_only(clients: dict[str, Client]) -> None:
    stale = pending_payment(stale=True)
    waiting = pending_payment()
    address = reverse("pending:close", args=[code_of("PND", stale.pk)])
    assert "Only once it is stale" in opened(clients["AN"], waiting)
    assert "Why" in without_secrets(clients["AN"].get(address))
    assert clients["AN"].post(address, {"reason": ""}, headers=HTMX).status_code == 409
    answer = clients["AN"].post(address, {"reason": "Not in the portal."})
    assert answer.status_code == 302
    assert clients["AN"].post(address, {"reason": "Twice."}).status_code == 302
    assert "Not in the portal." in opened(clients["AN"], stale)
    early = reverse("pending:close", args=[code_of("PND", waiting.pk)])
    assert clients["AN"].post(early, {"reason": "Too early."}, headers=HTMX).status_code == 409


def test_an_auditor_sees_and_cannot_act_an_administrator_sees_nothing(clients: dict[str, Client]) -> None:
    pending = pending_payment()
    page = opened(clients["AU"], pending)
    assert "Your role cannot do this" in page
    assert "Owusu" not in page
    assert clients["AU"].post(reverse("pending:ask", args=[code_of("PND", pending.pk)])).status_code == 403
    assert clients["AD"].get(LIST).status_code == 403


def test_the_list_leaves_as_csv_and_workbook_without_phone_numbers(clients: dict[str, Client]) -> None:
    pending = pending_payment(reference="R-EXP")
    answer = clients["AN"].get(reverse("pending:export", args=["csv"]), {"reference": "R-EXP"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert code_of("PND", pending.pk) in text
    assert "50.00" in text
    assert "233241234567" not in text
    assert clients["AN"].get(reverse("pending:export", args=["xlsx"])).status_code == 200
    assert clients["AN"].get(reverse("pending:export", args=["pdf"])).status_code == 404


def test_a_part_that_shows_the_newest_already_is_not_sent_again(clients: dict[str, Client]) -> None:
    pending = pending_payment()
    headers = {**HTMX, "HX-Target": "detail"}
    query = {"open": code_of("PND", pending.pk), "state": "all", "v": f"{pending.version}-0"}
    assert clients["AN"].get(LIST, query, headers=headers).status_code == 204
