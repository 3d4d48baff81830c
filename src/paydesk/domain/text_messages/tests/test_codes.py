"""Codes and notices through a real gateway over HTTP: sent once, capped, read back, reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.steps import IdentityRefused
from paydesk.domain.doors import actions as doors
from paydesk.domain.doors.steps import DoorRefused
from paydesk.domain.parties.models import CustomerPhone
from paydesk.domain.text_messages import actions
from paydesk.domain.text_messages.addresses import gateway_behind, token_of
from paydesk.domain.text_messages.models import TextGateway, TextMessage
from paydesk.domain.text_messages.steps import CapRefused, TextRefused
from paydesk.domain.text_messages.tests.gateway import (
    Played,
    played_gateway,
    refused_by_africas_talking,
    taken_by_africas_talking,
)
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor
from tests.builders import WORKER, make_contract

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADMINISTRATOR = Actor("person", 960_001, "Admin", rights_of(["AD"]))
AGENT = Actor("person", 960_002, "Agent", rights_of(["SU"]), frozenset({"GH"}))
ON_FILE, ELSEWHERE = "233244123456", "233201111222"


@pytest.fixture(scope="module")
def running() -> Iterator[Played]:
    with played_gateway() as playing:
        yield playing


class Desk:
    """A case whose customer has a number on file, and a gateway that is played."""

    def __init__(self, played: Played, kind: str = "africas_talking", **more: Any) -> None:
        self.played, self.now = played, NOON
        Market.objects.get_or_create(
            code="GH", defaults={"name": "Ghana", "currency": "GHS", "time_zone": "Africa/Accra"}
        )
        contract = make_contract(customer_name="Ama Mensah")
        customer = contract.customer
        self.phone, _ = CustomerPhone.objects.get_or_create(customer=customer, msisdn=ON_FILE)
        self.case: Case = cases.open_case(
            market="GH", channel="phone", contact=ELSEWHERE, text="My money is gone.",
            customer_id=customer.pk, by=AGENT, now=NOON,
        )  # fmt: skip
        self.gateway = actions.add_gateway(
            kind=kind, name="Gateway", market="GH", base_url=played.url, user="ours", secret="key-of-ours",
            sender="PAYDESK", price=Decimal("0.04"), most_cost_day=Decimal("0.20"), by=ADMINISTRATOR,
            now=NOON, **more,
        )  # fmt: skip

    def send(self) -> tuple[TextMessage, str]:
        return actions.send_code(self.case.pk, phone_id=self.phone.pk, by=AGENT, now=self.now)

    def work(self) -> int:
        return actions.send_due(by=WORKER, now=self.now)

    def read_back(self, code: str, **more: Any) -> Case:
        return actions.check_code(self.case.pk, code=code, by=AGENT, now=self.now, **more)

    def notice(self, text: str, key: str = "k1") -> Message:
        self.case.refresh_from_db()
        return actions.send_notice(
            self.case.pk, phone_id=self.phone.pk, text=text, sent_key=key, version=self.case.version,
            by=AGENT, now=self.now,
        )  # fmt: skip


@pytest.fixture
def desk(running: Played) -> Desk:
    running.answers, running.asked = [taken_by_africas_talking("AT-1")], []
    return Desk(running)


def test_a_code_goes_to_the_number_on_file_and_read_back_it_proves_who_they_are(desk: Desk) -> None:
    made, code = desk.send()
    assert code not in made.sealed_text
    assert desk.work() == 1
    assert desk.work() == 0
    path, headers, said = desk.played.asked[0]
    assert (path, headers["apikey"], said["username"], said["to"], said["from"]) == (
        "/version1/messaging", "key-of-ours", "ours", f"+{ON_FILE}", "PAYDESK",
    )  # fmt: skip
    assert re.findall(r"\d{3} \d{3}", said["message"]) == [f"{code[:3]} {code[3:]}"]
    made.refresh_from_db()
    assert (made.state, made.sealed_text, made.cost) == ("sent", "", Decimal("0.04"))
    case = desk.read_back(f" {code[:3]} {code[3:]}")
    assert (case.level, case.level_channel) == ("strong", "phone")
    with pytest.raises(TextRefused, match="No code is out"):
        desk.read_back(code)  # it counts once
    told = str(list(AuditRecord.objects.values_list("changes", flat=True)))
    assert ON_FILE not in told
    assert code not in told
    assert "text_id" in told


def test_in_a_chat_the_code_may_be_typed_or_told_but_counts_once(desk: Desk) -> None:
    door, _ = doors.add_door(kind="chat", name="Shop", market="GH", by=ADMINISTRATOR, now=NOON)
    chat, _ = doors.begin_chat(door, language="en", by=WORKER, now=NOON)
    said = doors.say_in_chat(chat, client_key="one-key", text="Hello", by=WORKER, now=NOON)
    desk.case = cases.sort_case(said.case_id, customer_id=desk.case.customer_id, by=AGENT, now=NOON)
    _, first = desk.send()
    assert desk.read_back(first).level_channel == "chat"
    chat.refresh_from_db()
    with pytest.raises(DoorRefused):
        doors.try_code(chat, first, by=WORKER, now=NOON)
    _, second = desk.send()
    chat.refresh_from_db()
    assert doors.try_code(chat, second, by=WORKER, now=NOON).level == "strong"


def test_three_wrong_codes_end_one_and_so_do_time_and_a_newer_one(desk: Desk) -> None:
    _, code = desk.send()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in ("2 more times", "1 more time.", "Send a new one"):
        with pytest.raises(TextRefused, match=left):
            desk.read_back(wrong)
    with pytest.raises(TextRefused, match="No code is out"):
        desk.read_back(code)
    _, second = desk.send()
    _, third = desk.send()
    if second != third:
        with pytest.raises(TextRefused, match="not the code"):
            desk.read_back(second)
    desk.now += timedelta(minutes=10, seconds=1)
    with pytest.raises(TextRefused, match="No code is out"):
        desk.read_back(third)
    assert desk.work() == 0
    assert not desk.played.asked
    assert Case.objects.get(pk=desk.case.pk).level == "unverified"


def test_nothing_goes_to_another_number_or_for_a_third_person(desk: Desk) -> None:
    others = CustomerPhone.objects.create(
        customer=make_contract(customer_name="Kofi").customer, msisdn=ELSEWHERE
    )
    with pytest.raises(TextRefused, match="no number on file"):
        actions.send_code(desk.case.pk, phone_id=others.pk, by=AGENT, now=NOON)
    cases.sort_case(desk.case.pk, party_role="third_party", by=AGENT, now=NOON)
    with pytest.raises(TextRefused, match="third person"):
        desk.send()
    assert not TextMessage.objects.exists()


def test_a_number_gets_four_an_hour_and_a_day_costs_no_more_than_it_may(desk: Desk) -> None:
    for _ in range(4):
        desk.send()
    with pytest.raises(CapRefused, match="had 4 text messages in the last hour"):
        desk.send()
    desk.now += timedelta(hours=1, seconds=1)
    desk.send()
    with pytest.raises(CapRefused, match=r"cost 0.20 GHS within a day, and 0.20 GHS is the most"):
        desk.send()
    assert TextMessage.objects.count() == 5


def test_later_is_asked_again_no_is_no_and_what_may_have_left_is_never_sent_twice(desk: Desk) -> None:
    desk.played.answers = [(503, {}), refused_by_africas_talking(403)]
    made, _ = desk.send()
    assert desk.work() == 0
    made.refresh_from_db()
    assert (made.state, made.attempts) == ("queued", 1)
    assert "HTTP 503" in TextGateway.objects.get().problem
    assert ON_FILE not in TextGateway.objects.get().problem
    desk.now += timedelta(seconds=15)
    assert desk.work() == 0
    made.refresh_from_db()
    assert (made.state, made.sealed_text) == ("failed", "")
    assert "no phone number" in made.why
    desk.played.answers = [(0, None)]
    lost, code = desk.send()
    desk.work()
    desk.now += timedelta(minutes=5)
    desk.work()
    lost.refresh_from_db()
    assert lost.state == "unknown"
    assert len(desk.played.asked) == 3
    assert desk.read_back(code).level == "strong"  # it arrived after all


def test_a_gateway_reports_to_an_address_that_we_signed_about_its_own_messages(desk: Desk) -> None:
    made, _ = desk.send()
    desk.work()
    behind = gateway_behind(token_of(desk.gateway))
    assert behind == desk.gateway
    assert gateway_behind(f"{desk.gateway.pk}-{'0' * 32}") is None
    report = {"id": "AT-1", "status": "Success", "phoneNumber": f"+{ON_FILE}"}
    for wrong in ({**report, "id": "AT-2"}, {**report, "phoneNumber": f"+{ELSEWHERE}"}, {"id": "AT-1"}):
        assert not actions.take_report(desk.gateway, wrong, by=WORKER, now=NOON)
    for _ in range(2):
        assert actions.take_report(desk.gateway, report, by=WORKER, now=NOON)
    made.refresh_from_db()
    assert made.state == "delivered"


def test_a_notice_is_an_answer_for_whoever_wants_it_and_can_be_taken_back(desk: Desk) -> None:
    with pytest.raises(IdentityRefused):
        actions.note_wish(desk.case.pk, wants=True, by=AGENT, now=NOON)
    with pytest.raises(TextRefused, match="did not say"):
        desk.notice("Your money is back.")
    cases.verify(desk.case.pk, facts=["account_number", "last_payment"], by=AGENT, now=NOON)
    actions.note_wish(desk.case.pk, wants=True, by=AGENT, now=NOON)
    first = desk.notice("Your money is back.")
    cases.take_back(first.pk, by=AGENT, now=NOON)
    desk.now += timedelta(seconds=10)
    assert desk.work() == 0
    assert not desk.played.asked
    second = desk.notice("Your money is back today.", "k2")
    assert desk.notice("Your money is back today.", "k2") == second
    desk.now += timedelta(seconds=10)
    assert desk.work() == 1
    assert desk.played.last["message"] == "Your money is back today."
    second.refresh_from_db()
    case = Case.objects.get(pk=desk.case.pk)
    assert (second.delivery, case.unanswered_since, case.first_answered_at) == ("sent", None, desk.now)
    report = {"id": "AT-1", "status": "Failed", "failureReason": "UserIsInactive"}
    assert actions.take_report(desk.gateway, report, by=WORKER, now=desk.now)
    second.refresh_from_db()
    assert second.delivery == "failed"
    assert Case.objects.get(pk=case.pk).unanswered_since is not None  # somebody has to answer otherwise
    assert Message.objects.filter(case=case, direction="note", text__contains="UserIsInactive").exists()


def test_hubtel_is_asked_what_became_of_a_message(running: Played) -> None:
    running.asked = []
    running.answers = [
        (200, {"rate": 0.0309, "messageId": "HB-1", "status": 0}), (200, {"status": "Pending"}),
        (200, {"status": "Delivered"}),
    ]  # fmt: skip
    desk = Desk(running, "hubtel")
    made, _ = desk.send()
    assert desk.work() == 1
    path, headers, said = running.asked[0]
    assert (path, headers["authorization"]) == ("/v1/messages/send", "Basic b3VyczprZXktb2Ytb3Vycw==")
    assert (said["From"], said["To"], said["ClientReference"]) == ("PAYDESK", ON_FILE, f"text-{made.pk}")
    assert actions.ask_due(by=WORKER, now=desk.now) == 0
    assert actions.ask_due(by=WORKER, now=desk.now) == 0  # not again within a minute
    assert actions.ask_due(by=WORKER, now=desk.now + timedelta(seconds=61)) == 1
    made.refresh_from_db()
    assert (made.state, made.cost, len(running.asked)) == ("delivered", Decimal("0.0309"), 3)


def test_another_gateway_is_spoken_to_in_the_shape_that_was_written_down(running: Played) -> None:
    running.answers, running.asked = [(200, {"data": {"id": 77}})], []
    shape = {
        "path": "/v3/sms",
        "as": "form",
        "login": "header X-Key",
        "to": "recipient",
        "text": "body",
        "id": "data.id",
    }
    desk = Desk(running, "other", shape=shape)
    made, _ = desk.send()
    assert desk.work() == 1
    path, headers, said = running.asked[0]
    assert (path, headers["x-key"], said["recipient"], said["from"]) == (
        "/v3/sms", "key-of-ours", ON_FILE, "PAYDESK",
    )  # fmt: skip
    made.refresh_from_db()
    assert made.external_id == "77"
    with pytest.raises(TextRefused, match="login"):
        actions.add_gateway(
            kind="other", name="x", market="GH", base_url=running.url, sender="x", shape={"login": "a\nb"},
            price=Decimal(1), most_cost_day=Decimal(1), by=ADMINISTRATOR, now=NOON,
        )  # fmt: skip
    with pytest.raises(TextRefused, match="kind"):  # codes on the screen are for the demo company alone
        actions.add_gateway(
            kind="demo", name="x", market="GH", sender="x", price=Decimal(1), most_cost_day=Decimal(1),
            by=ADMINISTRATOR, now=NOON,
        )  # fmt: skip
