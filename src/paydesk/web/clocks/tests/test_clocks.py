"""The clocks on the screen: the earliest due first, late ones said so, each step taken once by a person."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from paydesk.foundation.clocks.actions import fire_escalations
from paydesk.foundation.clocks.models import Clock, Escalation
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import system
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from paydesk.web.templatetags.clocks import due_words
from tests.builders import make_source_account, receive, row

NOW = timezone.now()


class Clocks(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = make_source_account()
        (self.late,) = receive(self.account, row(1, "9.00", reference="?"), now=NOW - timedelta(days=9))
        (self.new,) = receive(self.account, row(1, "8.00", reference="?"), now=NOW)

    def fire(self) -> Escalation:
        fire_escalations(announce=lambda told: None, by=system("worker"), now=NOW)
        return Escalation.objects.filter(clock__subject_id=self.late.pk).latest("due_at", "id")

    def codes(self, query: str = "", **options) -> list[str]:
        return re.findall(
            r'<a class="code" href="[^"]*">(PAY-\w+)</a>', self.text(f"/clocks/?{query}", **options)
        )

    def take(self, escalation: Escalation, client=None, **headers: str):
        address = f"/clocks/{escalation.clock_id}/acknowledge"
        said = {"escalation": escalation.pk, "at": "/clocks/?state=breached"}
        return (client or self.client).post(address, said, headers=headers)

    def test_the_earliest_due_comes_first_with_what_it_is_about_and_how_it_came_about(self):
        assert self.codes() == [code_of("PAY", self.late.pk), code_of("PAY", self.new.pk)]
        text = self.text("/clocks/")
        assert "Name the payer" in text
        assert re.search(r'<time class="clock late" data-due [^>]*>\d d late</time>', text)
        assert "by closing time, 1 day later, calendar GH version 1, policy version 1" in text
        assert '<progress class="used late" max="100" value="100"' in text
        assert f"/payments/{code_of('PAY', self.late.pk)}/" in text

    def test_filters_narrow_and_stand_in_the_address(self):
        self.fire()
        late, new = (code_of("PAY", payment.pk) for payment in (self.late, self.new))
        for query, codes in (
            ("state=breached", [late]),
            ("state=running", [new]),
            ("state=paused", []),
            ("kind=identification", [late, new]),
            ("kind=stale_pending", []),
            ("unacknowledged=yes", [late]),
            ("market=GH", [late, new]),
        ):
            assert self.codes(query) == codes, query

    def test_clocks_of_other_markets_and_of_things_one_may_not_see_are_not_there(self):
        assert self.codes(client=self.signed_in("AN", "KE")) == []
        assert self.codes(client=self.signed_in("SD")) == []
        assert self.signed_in("AD").get("/clocks/")["Location"] == "/clocks/policies/"

    def test_a_person_takes_it_once_and_the_row_says_so(self):
        escalation = self.fire()
        assert "the finance controller: 1 day after it was due" in self.text("/clocks/")
        answer = self.take(escalation, **{"HX-Request": "true"})
        assert answer.status_code == 200
        assert answer.content.decode().lstrip().startswith(f'<tr id="clock-{escalation.clock_id}"')
        assert "I have it" not in answer.content.decode()
        assert "you have it" in answer["HX-Trigger"]
        assert self.take(escalation).headers["Location"] == "/clocks/?state=breached", "twice is once"
        person = Person.objects.get(email="an-gh@desk.example")
        taken = Escalation.objects.filter(clock=escalation.clock_id).values_list("acknowledged_by", flat=True)
        assert set(taken) == {f"person:{person.pk}"}
        assert self.take(escalation, client=self.signed_in("TL")).status_code == 409, "somebody else has it"

    def test_who_may_not_take_it_sees_why(self):
        escalation = self.fire()
        auditor = self.signed_in("AU")
        assert re.search(
            r"aria-disabled=\"true\" title=\"Your role cannot do this", self.text("/clocks/", client=auditor)
        )
        assert self.take(escalation, client=auditor).status_code == 403
        assert self.take(escalation, client=self.signed_in("AN", "KE")).status_code == 404
        other = Clock.objects.get(subject_id=self.new.pk)
        bent = self.client.post(f"/clocks/{other.pk}/acknowledge", {"escalation": escalation.pk})
        assert bent.status_code == 404, "an escalation of another clock"
        assert self.client.post(f"/clocks/{other.pk}/acknowledge", {"escalation": "x"}).status_code == 404
        assert not Escalation.objects.filter(acknowledged_at__isnull=False).exists()

    def test_rows_cost_no_queries(self):
        self.fire()
        few = self.queries("/clocks/")
        receive(self.account, *[row(n, "1.00", reference="?") for n in range(1, 9)], now=NOW)
        assert self.queries("/clocks/") == few
        assert few <= 20

    def test_exports_hold_what_is_filtered(self):
        text = self.text("/clocks/export.csv?state=breached")
        assert code_of("PAY", self.late.pk) in text
        assert code_of("PAY", self.new.pk) not in text
        assert self.client.get("/clocks/export.xlsx").status_code == 200
        assert self.client.get("/clocks/export.pdf").status_code == 404

    def test_the_list_of_suspense_tells_how_much_time_is_left(self):
        text = self.text("/suspense/")
        assert len(re.findall(r'<time class="clock \w*" data-due', text)) == 2
        few = self.queries("/suspense/")
        receive(self.account, *[row(n, "1.00", reference="?") for n in range(1, 5)], now=NOW)
        assert self.queries("/suspense/") == few


def test_time_left_in_words():
    now = timezone.now() + timedelta(seconds=1)
    for seconds, words in (
        (30, "due now"), (-30, "just late"), (90, "due in 1 min"), (-310, "5 min late"), (7300, "due in 2 h"),
        (-90_100, "25 h late"), (172_900, "due in 2 d"), (-9 * 86_400 - 9, "9 d late"),
    ):  # fmt: skip
        assert due_words(now + timedelta(seconds=seconds)) == words, seconds
