"""Silence is asked about at a real server that plays the provider; then a person takes over."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from paydesk.domain.callbacks import actions
from paydesk.domain.callbacks.models import PendingPayment, StatusAnswer
from paydesk.domain.callbacks.states import PENDING
from paydesk.domain.callbacks.tasks import ask_about_silence
from paydesk.domain.callbacks.tests.company import (
    accepted_push,
    hubtel,
    hubtel_endpoint,
    hubtel_status,
    mpesa_endpoint,
    payments_of,
    post_all,
    send,
)
from paydesk.domain.payments.actions import post_file
from paydesk.domain.providers.models import CallbackEndpoint
from paydesk.domain.statements import steps as statements
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.clocks.models import Clock
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from tests.builders import ANALYST, NOON, TODAY, WORKER, make_file, row

TWO, FIFTEEN, HOUR = timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1)


@dataclass
class Provider:
    """What the played provider was asked, and what it answers by the start of the path."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)


@pytest.fixture
def provider() -> Iterator[Provider]:
    playing = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            playing.asked.append((self.command, self.path, dict(self.headers), body))
            status, answer = next(
                (a for start, a in playing.answers.items() if self.path.startswith(start)), (404, b"")
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _answer

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    playing.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield playing
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", autouse=True)
def _own_database(committed_module_db: str) -> None:
    """One database for the module: every test has accounts of its own."""


@pytest.fixture(autouse=True)
def _nothing_else_waits(_own_database: None) -> None:
    PendingPayment.objects.update(due_at=None)


@pytest.fixture
def connected(provider: Provider, tmp_path: Path, settings: Any) -> Provider:
    """Every account of the test is reached at the played provider."""
    settings.CONNECTIONS_FILE = tmp_path / "connections.toml"
    return provider


def connect(provider: Provider, endpoint: CallbackEndpoint, settings: Any, **more: str) -> None:
    account = endpoint.source_account
    fields = {
        "provider": account.provider.code, "account": account.identifier, "kind": endpoint.dialect,
        "base_url": provider.url, "key": "invented-key", "secret": "invented-secret", **more,
    }  # fmt: skip
    lines = "\n".join(f'{name} = "{value}"' for name, value in fields.items() if name != "pulls")
    pulls = "\npulls = true" if "pulls" in fields else ""
    settings.CONNECTIONS_FILE.write_text(f"[[connection]]\n{lines}{pulls}\n")


def pending_of(endpoint: CallbackEndpoint) -> PendingPayment:
    return PendingPayment.objects.get(source_account=endpoint.source_account)


def test_silence_is_asked_about_after_2_15_and_60_minutes_and_then_is_a_persons(
    connected: Provider, settings: Any
) -> None:
    endpoint = hubtel_endpoint()
    connect(connected, endpoint, settings)
    connected.answers["/transactions/"] = 200, hubtel_status("Unpaid", id="T1", reference="R 1/ä")
    send(endpoint, hubtel("0001", id="T1", reference="R 1/ä"))
    post_all()
    for after, asked, state in ((TWO, 1, "waiting"), (FIFTEEN, 2, "waiting"), (HOUR, 3, "stale")):
        assert ask_about_silence(NOON + after - timedelta(seconds=1)) == 0
        assert ask_about_silence(NOON + after) == 1
        assert (pending_of(endpoint).asked, pending_of(endpoint).state) == (asked, state)
        post_all()
    assert ask_about_silence(NOON + timedelta(days=9)) == 0
    clock = Clock.objects.get(subject_kind="pending", subject_id=pending_of(endpoint).pk)
    assert (clock.kind, clock.due_at, clock.ended_as) == ("stale_pending", NOON + HOUR, "")
    method, path, headers, _ = connected.asked[0]
    login = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert (method, login) == ("GET", "invented-key:invented-secret")
    assert path == (
        f"/transactions/{endpoint.source_account.identifier}/status?clientReference=R%201%2F%C3%A4"
    )
    answers = StatusAnswer.objects.filter(pending=pending_of(endpoint))
    assert [answer.outcome for answer in answers] == ["pending"] * 3
    assert payments_of(endpoint.source_account) == []


def test_a_final_answer_is_posted_and_settles_it(connected: Provider, settings: Any) -> None:
    endpoint = hubtel_endpoint()
    connect(connected, endpoint, settings)
    connected.answers["/transactions/"] = 200, hubtel_status("Paid", id="T2")
    send(endpoint, hubtel("0001", id="T2"))
    post_all()
    ask_about_silence(NOON + TWO)
    assert "hubtelTransactionId=T2" in connected.asked[0][1]
    post_all(NOON + TWO)
    assert [p.amount_minor for p in payments_of(endpoint.source_account)] == [50_00]
    assert (pending_of(endpoint).state, pending_of(endpoint).due_at) == ("received", None)
    assert Clock.objects.get(subject_kind="pending", subject_id=pending_of(endpoint).pk).ended_as == "met"
    # The callback that was late is the same payment.
    send(endpoint, hubtel("0000", id="T2"))
    post_all()
    assert len(payments_of(endpoint.source_account)) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "note"),
    [
        ((403, b""), "unreachable", "did not let us in"),
        ((302, b""), "unreachable", "HTTP 302"),
        ((500, b"<html>"), "unreachable", "HTTP 500"),
        ((200, b"<html>"), "unclear", "not JSON"),
        ((200, b"x" * 300_000), "unreachable", "more than"),
        ((200, hubtel_status("Sideways", id="T3")), "unclear", "not known"),
    ],
    ids=range(6),
)
def test_an_answer_that_says_nothing_is_kept_and_asked_again(
    connected: Provider, settings: Any, answer: tuple[int, bytes], outcome: str, note: str
) -> None:
    endpoint = hubtel_endpoint()
    connect(connected, endpoint, settings)
    connected.answers["/transactions/"] = answer
    send(endpoint, hubtel("0001"))
    post_all()
    ask_about_silence(NOON + TWO)
    post_all()
    found = StatusAnswer.objects.get(pending=pending_of(endpoint))
    assert (found.outcome, pending_of(endpoint).state) == (outcome, "waiting")
    assert note in found.note


def test_what_is_final_by_a_stored_row_is_not_asked_about() -> None:
    """As two workers leave it that posted "accepted" and "paid" at the same moment."""
    endpoint = hubtel_endpoint()
    for code in ("0001", "0000"):
        send(endpoint, hubtel(code, id="T9"))
        post_all()
    PendingPayment.objects.filter(source_account=endpoint.source_account).update(state="waiting", due_at=NOON)
    ask_about_silence(NOON)
    assert pending_of(endpoint).state == "received"
    assert not StatusAnswer.objects.filter(pending=pending_of(endpoint)).exists()


def test_nobody_at_the_other_end_is_no_answer(connected: Provider, settings: Any) -> None:
    endpoint = hubtel_endpoint()
    connect(connected, endpoint, settings, base_url="http://127.0.0.1:9")
    send(endpoint, hubtel("0001"))
    post_all()
    ask_about_silence(NOON + TWO)
    assert StatusAnswer.objects.get(pending=pending_of(endpoint)).outcome == "unreachable"


def test_without_a_connection_it_becomes_stale_all_the_same() -> None:
    endpoint = hubtel_endpoint()
    send(endpoint, hubtel("0001"))
    post_all()
    for after in (TWO, FIFTEEN, HOUR):
        ask_about_silence(NOON + after)
    assert pending_of(endpoint).state == "stale"
    assert {a.outcome for a in StatusAnswer.objects.filter(pending=pending_of(endpoint))} == {"not_set_up"}


def test_a_push_is_asked_about_by_its_request_and_its_receipt_is_pulled(
    connected: Provider, settings: Any
) -> None:
    endpoint = mpesa_endpoint(identifier="600777")
    connect(connected, endpoint, settings, passkey="invented-pass", pulls="yes")
    paid = {"ResponseCode": "0", "CheckoutRequestID": "ws_CO_P", "ResultCode": "0", "ResultDesc": "paid"}
    pulled = {
        "transactionId": "RP1", "trxDate": "2026-03-02T11:59:00Z", "msisdn": 700000013, "sender": "Invented",
        "transactiontype": "c2b-pay-bill-debit", "billreference": "none", "amount": "350.00",
    }  # fmt: skip
    connected.answers = {
        "/oauth/": (200, b'{"access_token": "invented-token", "expires_in": "3599"}'),
        "/mpesa/stkpushquery/": (200, json.dumps(paid).encode()),
        "/pulltransactions/": (
            200,
            json.dumps({"ResponseRefID": "1", "ResponseCode": "1000", "Response": [[pulled]]}).encode(),
        ),
    }
    send(endpoint, accepted_push("ws_CO_P"), "push")
    post_all()
    ask_about_silence(NOON + TWO)
    post_all(NOON + TWO)
    question = json.loads(next(body for _, path, _, body in connected.asked if "stkpushquery" in path))
    assert base64.b64decode(question["Password"]).decode() == "600777invented-pass20260302150200"
    assert [p.amount_minor for p in payments_of(endpoint.source_account)] == [350_00]
    # Paid without a receipt is not final: which of the pulled payments it was nobody said.
    assert pending_of(endpoint).state == "waiting"


def test_a_push_that_failed_is_over(connected: Provider, settings: Any) -> None:
    endpoint = mpesa_endpoint(identifier="600778")
    connect(connected, endpoint, settings)
    failed = {"ResponseCode": "0", "CheckoutRequestID": "ws_CO_F", "ResultCode": "1032", "ResultDesc": "no"}
    connected.answers = {
        "/oauth/": (200, b'{"access_token": "t"}'),
        "/mpesa/stkpushquery/": (200, json.dumps(failed).encode()),
    }
    send(endpoint, accepted_push("ws_CO_F"), "push")
    post_all()
    ask_about_silence(NOON + TWO)
    post_all()
    assert pending_of(endpoint).state == "failed"


def test_pending_rows_of_a_file_are_followed_and_its_final_rows_settle() -> None:
    endpoint = hubtel_endpoint()
    account = endpoint.source_account

    def posted(*rows: Any) -> None:
        file = make_file(account, line_count=len(rows))
        statements.copy_staged(file.pk, account, rows, TODAY)
        post_file(file.pk, by=WORKER, now=NOON)
        actions.follow_posted_file(file.pk, by=WORKER, now=NOON)
        actions.follow_posted_file(file.pk, by=WORKER, now=NOON)

    posted(
        row(1, "10.00", provider_ref="F1", status="pending"),
        row(2, "11.00", provider_ref="F2", status="pending"),
        row(3, "12.00", provider_ref="F3", status="pending"),
        row(4, "12.00", provider_ref="F3"),
    )
    found = PendingPayment.objects.filter(source_account=account)
    assert {(p.ask_ref, p.state) for p in found} == {("F1", "waiting"), ("F2", "waiting")}
    posted(
        row(1, "10.00", provider_ref="F1"), row(2, "11.00", provider_ref="F2", kind="failed", status="failed")
    )
    assert {(p.ask_ref, p.state) for p in found.all()} == {("F1", "received"), ("F2", "failed")}


def stale(endpoint: CallbackEndpoint) -> PendingPayment:
    send(endpoint, hubtel("0001"))
    post_all()
    for after in (TWO, FIFTEEN, HOUR):
        ask_about_silence(NOON + after)
    return pending_of(endpoint)


def test_a_person_asks_again_at_once_and_twice_is_once() -> None:
    pending = stale(hubtel_endpoint())
    later = NOON + timedelta(hours=5)
    actions.ask_again(pending.pk, by=ANALYST, now=later)
    actions.ask_again(pending.pk, by=ANALYST, now=later)
    assert AuditRecord.objects.filter(verb="pending.ask_requested", subject_id=str(pending.pk)).count() == 1
    assert ask_about_silence(later) == 1
    pending.refresh_from_db()
    assert (pending.state, pending.asked, pending.due_at) == ("stale", 4, None)


def test_a_person_closes_what_is_stale_with_a_reason_and_a_late_success_still_counts() -> None:
    endpoint = hubtel_endpoint()
    send(endpoint, hubtel("0001", id="T8"))
    post_all()
    pending = pending_of(endpoint)
    with pytest.raises(TransitionRefused):
        actions.close_pending(pending.pk, reason="too early", by=ANALYST, now=NOON)
    for after in (TWO, FIFTEEN, HOUR):
        ask_about_silence(NOON + after)
    with pytest.raises(actions.PendingRefused, match="Say why"):
        actions.close_pending(pending.pk, reason=" ", by=ANALYST, now=NOON)
    closed = actions.close_pending(pending.pk, reason="Not in the portal.", by=ANALYST, now=NOON)
    assert (closed.state, closed.closed_reason) == ("expired", "Not in the portal.")
    send(endpoint, hubtel("0000", id="T8"))
    post_all()
    assert pending_of(endpoint).state == "received"
    assert len(payments_of(endpoint.source_account)) == 1


def test_whoever_does_not_work_in_the_market_is_refused_and_nothing_changes() -> None:
    endpoint = mpesa_endpoint(identifier="600779")
    send(endpoint, accepted_push("ws_CO_M"), "push")
    post_all()
    with pytest.raises(NotAllowedRefused):
        actions.ask_again(pending_of(endpoint).pk, by=ANALYST, now=NOON + HOUR)
    assert pending_of(endpoint).due_at == NOON + TWO


def test_every_final_state_yields_to_a_proven_success_alone() -> None:
    for state in PENDING.states:
        assert PENDING.may("receive", state) is (state != "received")
        assert PENDING.may("fail", state) is (state in ("waiting", "stale"))
