"""A call that nobody answered is in a case, once, and its clock runs until we call back."""

from __future__ import annotations

from datetime import timedelta

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.tests.test_life import NOON, PHONE, WORKER, Cases, later
from paydesk.domain.doors import actions
from paydesk.domain.doors.models import Door, PhoneCall
from paydesk.foundation.audit.queries import history


class MissedCalls(Cases):
    def setUp(self) -> None:
        super().setUp()
        self.door = Door.objects.create(
            kind="phone",
            name="Telephones",
            market="GH",
            language="en",
            secret_digest="x",
            key="telephones",
            added_by="test",
            added_at=NOON,
        )

    def call(self, name: str, *events: str, number: str = PHONE, now=NOON) -> None:
        for event in events:
            actions.announce_call(self.door, call_id=name, event=event, number=number, by=WORKER, now=now)

    def test_a_call_from_the_number_inherits_nothing_that_was_proved_on_the_phone(self):
        case = self.opened(channel="phone", contact=PHONE)
        cases.verify(case.pk, strong_way="callback", by=WORKER, now=NOON)
        self.call("a", "ringing")
        actions.take_call(PhoneCall.objects.get().pk, by=WORKER, now=NOON)
        case.refresh_from_db()
        assert (case.level, case.level_how) == ("unverified", "")
        assert "case.proof_ended" in {each.verb for each in history("case", case.pk)}
        cases.verify(case.pk, strong_way="callback", by=WORKER, now=NOON)  # while they talk
        actions.take_call(PhoneCall.objects.get().pk, by=WORKER, now=NOON)
        case.refresh_from_db()
        assert case.level == "strong"

    def test_it_opens_a_case_and_the_next_one_goes_into_it(self):
        self.call("a", "ringing", "ended")
        self.call("b", "ringing", "answered", "ended")
        self.call("c", "ringing", "ended", number="")
        assert actions.note_missed_calls(by=WORKER, now=NOON) == 0, "events may come out of order"
        soon = NOON + timedelta(seconds=40)
        assert actions.note_missed_calls(by=WORKER, now=soon) == 1
        assert actions.note_missed_calls(by=WORKER, now=soon) == 0
        case = Case.objects.get()
        assert (case.contact, case.customer_id, case.unanswered_since) == (
            PHONE,
            self.contract.customer_id,
            NOON,
        )
        assert self.clock(case, "first_response").start_at == NOON
        self.call("d", "ringing", now=later(hours=1))
        assert actions.note_missed_calls(by=WORKER, now=later(hours=1, minutes=11)) == 1, "it rang out"
        assert PhoneCall.objects.filter(case=case).count() == 2
        said = list(case.messages.order_by("at").values_list("text", "at"))
        assert said == [
            ("They called and nobody answered: call them back.", at) for at in (NOON, later(hours=1))
        ]
