"""Doors of providers that sign: nothing unproved is stored, what is stored is answered and read or kept."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.callbacks.models import PendingPayment
from paydesk.domain.callbacks.tests.company import payments_of, post_all
from paydesk.domain.providers.actions import open_callbacks
from paydesk.domain.providers.models import CallbackEndpoint
from paydesk.domain.providers.queries import callback_addresses
from paydesk.domain.statements.models import StatementLine
from paydesk.foundation.inbox.models import Message
from paydesk.reporting.invariants import check_all
from paydesk.web.callbacks import door
from tests.builders import NOON, WORKER, make_source_account

SECRET = "an-invented-secret"


@pytest.fixture(autouse=True)
def _fresh_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "RATE", door.Rate())


@pytest.fixture(scope="module", autouse=True)
def _own_database(committed_module_db: str) -> None:
    """Real commits; every test has accounts of its own."""


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Callable[[CallbackEndpoint, str], None]:
    """Set up keys of an endpoint in the file of connections."""

    def write(endpoint: CallbackEndpoint, *secrets: str) -> None:
        account = endpoint.source_account
        path = tmp_path / f"connections-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(
            "\n".join(
                f'[[callback]]\nprovider = "{account.provider.code}"\naccount = "{account.identifier}"\n'
                f'secret = "{secret}"'
                for secret in secrets
            )
        )
        settings.CONNECTIONS_FILE = str(path)

    return write


def endpoint_of(dialect: str, **fields: Any) -> CallbackEndpoint:
    account = make_source_account(provider=dialect, **fields)
    return open_callbacks(account.pk, dialect=dialect, by=WORKER, now=NOON)


def post(endpoint: CallbackEndpoint, channel: str, body: bytes, method: str = "post", **headers: str) -> Any:
    secret = callback_addresses(endpoint, timezone.now())[0].secret
    path = reverse("callbacks_door:door", args=[secret, channel])
    client = Client(enforce_csrf_checks=True)
    return getattr(client, method)(path, body, content_type="application/json", headers=headers)


def stored(endpoint: CallbackEndpoint) -> list[Message]:
    return list(Message.objects.filter(source_id=endpoint.source_account_id).order_by("pk"))


def charge(id: int, **data: Any) -> bytes:
    fields = {
        "id": id, "status": "success", "reference": "none", "amount": 505000, "currency": "NGN", "fees": 7575,
        "paid_at": "2026-03-02T11:00:00.000Z", **data,
    }  # fmt: skip
    return json.dumps({"event": "charge.success", "data": fields}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-paystack-signature": hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()}


def test_a_signed_charge_is_stored_once_answered_and_becomes_one_payment(keys: Any) -> None:
    endpoint = endpoint_of("paystack", market="NG", currency="NGN")
    keys(endpoint, "the-next-secret", SECRET)
    body = charge(1)
    found = [post(endpoint, "event", body, **signed(body)) for _ in range(2)]
    assert [each.status_code for each in found] == [200, 200]
    (message,) = stored(endpoint)
    assert (bytes(message.body), message.repeats, message.channel) == (body, 1, "event")
    assert "signature" not in json.dumps(message.headers)
    assert post_all() == 1
    (payment,) = payments_of(endpoint.source_account)
    line = payment.statement_line
    assert (payment.amount_minor, line.fee, line.provider_ref) == (505000, Decimal("75.75"), "1")
    assert not [
        f for f in check_all(most_rows=5, own_snapshot=False) if f.rows and f.name != "documents_kept"
    ]


def test_what_is_not_proved_is_refused_and_not_stored(keys: Any, caplog: Any) -> None:
    endpoint = endpoint_of("paystack", market="NG", currency="NGN")
    keys(endpoint, SECRET)
    body = charge(2)
    assert post(endpoint, "event", body).status_code == 401
    assert post(endpoint, "event", body, **signed(body, "wrong")).status_code == 401
    assert post(endpoint, "event", body + b" ", **signed(body)).status_code == 401
    large = b"x" * (64 * 1024 + 1)
    assert post(endpoint, "event", large, **signed(large)).status_code == 413
    assert stored(endpoint) == []
    assert "its signature is wrong" in caplog.text
    assert SECRET not in caplog.text
    assert "/in/" not in caplog.text


def test_without_a_key_or_with_a_broken_file_the_provider_is_asked_to_send_again(
    settings: Any, tmp_path: Path
) -> None:
    endpoint = endpoint_of("stripe")
    broken = tmp_path / "broken.toml"
    broken.write_text("[[callback]\n")
    for path in (None, str(broken), str(tmp_path / "none.toml")):
        settings.CONNECTIONS_FILE = path
        found = post(endpoint, "event", b"{}")
        assert (found.status_code, bool(found["Retry-After"])) == (503, True)
    assert stored(endpoint) == []


def test_an_old_stripe_call_that_is_sent_again_by_a_stranger_is_refused(keys: Any) -> None:
    endpoint = endpoint_of("stripe")
    keys(endpoint, SECRET)
    body = b'{"object": "event", "type": "charge.succeeded"}'

    def header(age: int) -> dict[str, str]:
        at = str(int(timezone.now().timestamp()) - age)
        code = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={at},v1={code}"}

    assert post(endpoint, "event", body, **header(3600)).status_code == 401
    assert stored(endpoint) == []
    assert post(endpoint, "event", body, **header(5)).status_code == 200
    assert len(stored(endpoint)) == 1


def test_what_is_kept_and_not_read_says_so_and_can_be_read_later(keys: Any) -> None:
    endpoint = endpoint_of("nsano")
    found = post(endpoint, "payment", b"<not even=JSON>")
    assert (found.status_code, found.content) == (200, b"{}")
    post_all()
    (message,) = stored(endpoint)
    assert (message.state, bytes(message.body)) == ("rejected", b"<not even=JSON>")
    assert "Nsano publishes no layout" in message.reason


def test_mtn_may_put_and_a_transfer_is_money_out_that_is_no_payment() -> None:
    endpoint = endpoint_of("mtn")
    body = {
        "financialTransactionId": "71", "externalId": "x", "amount": "50", "currency": "GHS",
        "payer": {"partyIdType": "MSISDN", "partyId": "233240000013"}, "status": "SUCCESSFUL",
    }  # fmt: skip
    assert post(endpoint, "payment", json.dumps(body).encode(), "put").status_code == 200
    out = {**body, "financialTransactionId": "72", "payee": body.pop("payer")}
    out.pop("payer")
    assert post(endpoint, "payment", json.dumps(out).encode()).status_code == 200
    assert post(endpoint, "payment", b"{}", "patch").status_code == 405
    post_all()
    assert [message.outcome for message in stored(endpoint)] == ["payment", "other"]
    assert [payment.amount_minor for payment in payments_of(endpoint.source_account)] == [5000]
    kinds = StatementLine.objects.filter(source_account=endpoint.source_account).order_by("pk")
    assert [(line.kind, line.amount) for line in kinds] == [("payment", 50), ("payout", -50)]


def test_a_balance_of_mpesa_is_understood_and_moves_nothing() -> None:
    endpoint = endpoint_of("mpesa", market="KE", currency="KES", identifier="600777")
    parameters = [{"Key": "AccountBalance", "Value": "Working Account|KES|46713.00|46713.00|0.00|0.00"}]
    result = {
        "ResultCode": 0, "ConversationID": "AG_1", "TransactionID": "SB1",
        "ResultParameters": {"ResultParameter": parameters},
    }  # fmt: skip
    assert post(endpoint, "result", json.dumps({"Result": result}).encode()).json()["ResultCode"] == 0
    post_all()
    (message,) = stored(endpoint)
    assert (message.state, message.outcome) == ("understood", "nothing")


def test_adyen_is_answered_in_its_word(keys: Any) -> None:
    from paydesk.domain.providers.tests.test_dialects import ADYEN_KEY, adyen

    endpoint = endpoint_of("adyen")
    keys(endpoint, ADYEN_KEY["secret"])
    body, _, _ = adyen()
    found = post(endpoint, "event", body)
    assert (found.status_code, found.content) == (200, b"[accepted]")
    assert len(stored(endpoint)) == 1


def stripe_charge(*, live: bool) -> bytes:
    charge = {"id": "ch_i1", "object": "charge", "amount": 5000, "currency": "eur", "captured": True}
    event = {"id": "evt_i1", "object": "event", "type": "charge.succeeded", "created": 1772438400}
    return json.dumps({**event, "livemode": live, "data": {"object": charge}}).encode()


def test_a_message_of_a_test_system_is_kept_and_makes_no_payment(keys: Any) -> None:
    endpoint = endpoint_of("stripe", currency="EUR")
    keys(endpoint, SECRET)
    for live in (False, True):
        body, at = stripe_charge(live=live), str(int(timezone.now().timestamp()))
        code = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        found = post(endpoint, "event", body, **{"stripe-signature": f"t={at},v1={code}"})
        assert found.status_code == 200
    post_all()
    test, live_one = stored(endpoint)
    assert (test.state, "test system" in test.reason) == ("rejected", True)
    assert (live_one.state, live_one.outcome) == ("understood", "payment")
    assert [payment.amount_minor for payment in payments_of(endpoint.source_account)] == [5000]


def test_paypals_form_is_read_for_our_own_account_alone() -> None:
    endpoint = endpoint_of("paypal", currency="EUR", identifier="INVENTEDACCT1")
    form = (
        b"mc_gross=70.00&payment_date=23%3A28%3A47+Mar+02%2C+2026+PST&payment_status=Completed&mc_fee=2.40"
        b"&txn_id=INVTX01&receiver_id=INVENTEDACCT1&mc_currency=EUR&txn_type=web_accept&ipn_track_id=t1"
    )
    for body in (form, form.replace(b"INVENTEDACCT1", b"SOMEBODY"), form + b"&test_ipn=1", b"{}"):
        assert post(endpoint, "ipn", body).status_code == 200
    post_all()
    states = [(message.state, message.outcome) for message in stored(endpoint)]
    assert states == [("understood", "payment"), *[("rejected", "nothing")] * 3]
    assert [payment.amount_minor for payment in payments_of(endpoint.source_account)] == [7000]


def test_by_paystacks_event_and_by_its_list_it_is_one_payment(keys: Any) -> None:
    from paydesk.domain.payments.actions import confirm_file, post_file
    from paydesk.domain.statements.actions import read_file, upload_file

    endpoint = endpoint_of("paystack", market="NG", currency="NGN")
    keys(endpoint, SECRET)
    body = charge(77)
    assert post(endpoint, "event", body, **signed(body)).status_code == 200
    post_all()
    entry = {**json.loads(body)["data"], "domain": "live", "channel": "card", "gateway_response": "invented"}
    listed = {"status": True, "message": "invented", "data": [entry]}
    file = upload_file(
        io.BytesIO(json.dumps(listed).encode()), filename="list.json", by=WORKER, now=NOON,
        source_account_id=endpoint.source_account_id,
    ).file  # fmt: skip
    assert read_file(file.pk, by=WORKER, now=NOON).state == "previewed"
    confirm_file(file.pk, by=WORKER, now=NOON)
    posted = post_file(file.pk, by=WORKER, now=NOON)
    assert (posted.new_count, posted.known_count, posted.payment_count) == (0, 1, 0)
    assert len(payments_of(endpoint.source_account)) == 1


def stripe_event(kind: str, **found: Any) -> bytes:
    event = {"id": f"evt_{kind}", "object": "event", "type": kind, "created": 1772438400, "livemode": True}
    return json.dumps({**event, "data": {"object": {"amount": 5000, "currency": "eur", **found}}}).encode()


def test_money_promised_to_somebody_else_is_kept_and_nobody_waits_for_it(keys: Any) -> None:
    endpoint = endpoint_of("stripe", currency="EUR")
    keys(endpoint, SECRET)
    at = str(int(timezone.now().timestamp()))
    for body in (
        stripe_event("payout.created", id="po_i1", object="payout", status="pending"),
        stripe_event("charge.pending", id="py_i1", object="charge", captured=True),
    ):
        code = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert post(endpoint, "event", body, **{"stripe-signature": f"t={at},v1={code}"}).status_code == 200
    post_all()
    assert [(each.state, each.outcome) for each in stored(endpoint)] == [("understood", "pending")] * 2
    assert not PendingPayment.objects.filter(source_account=endpoint.source_account).exists()


def test_an_ambiguous_airtel_payment_waits_and_its_success_settles_it() -> None:
    endpoint = endpoint_of("airtel")
    for code in ("TA", "TS"):
        body = {"transaction": {"id": "MP1", "status": code, "message": "invented"}, "amount": 50,
                "currency": "GHS", "reference": "x"}  # fmt: skip
        assert post(endpoint, "payment", json.dumps(body).encode()).status_code == 200
        post_all()
        pending = PendingPayment.objects.get(source_account=endpoint.source_account)
        assert pending.state == {"TA": "waiting", "TS": "received"}[code]
        assert len(payments_of(endpoint.source_account)) == {"TA": 0, "TS": 1}[code]


def test_a_marketplace_signs_where_a_secret_is_set_up(keys: Any) -> None:
    endpoint = endpoint_of("marketplace", role="evidence")
    body = b'{"event_id": "E1"}'
    found = post(endpoint, "event", body)
    assert (found.status_code, found.json()) == (200, {"stored": True})
    assert [each.kind for each in stored(endpoint)] == ["market_event"]
    keys(endpoint, SECRET)
    at = str(int(timezone.now().timestamp()))
    signature = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert post(endpoint, "event", body).status_code == 401
    proved = post(endpoint, "event", body, **{"paydesk-signature": f"t={at},v1={signature}"})
    assert proved.status_code == 200
    (message,) = stored(endpoint)
    assert message.repeats == 1
