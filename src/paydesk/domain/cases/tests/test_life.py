"""A case from the first word to the last: answered, waited for, sorted, resolved, opened again, followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases import actions, queries
from paydesk.domain.cases.asks import references_in
from paydesk.domain.cases.models import Case, CaseLink, Draft, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.steps import CaseChangedRefused, CaseRefused
from paydesk.domain.refunds.actions import request_refund
from paydesk.foundation.assignments.actions import assign
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Person, PersonRole
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused
from tests.builders import WORKER, make_contract, make_source_account, receive, row

# A Monday, in working hours of Ghana.
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PHONE = "233244123456"
ADDRESS = "ama@example.com"


def person(number: int, role: str, *markets: str) -> Actor:
    known = frozenset(markets or {"GH"})
    return Actor("person", 930_000 + number, f"Person {number}", rights_of([role]), known)


AGENT, OTHER, REVIEWER, KENYAN = person(1, "SU"), person(2, "SU"), person(3, "QA"), person(4, "SU", "KE")


def later(**span: int) -> datetime:
    return NOON + timedelta(**span)


class Cases(TestCase):
    def setUp(self):
        self.contract = make_contract(phones=(PHONE,))
        line = row(
            1, "50.00", reference=self.contract.account_number, msisdn=PHONE, payer_name="Ama",
            provider_ref="MP240302AB12",
        )  # fmt: skip
        (self.payment,) = receive(make_source_account(), line)

    def opened(self, text="I paid 50 and my phone is locked. Code MP240302AB12", **fields) -> Case:
        known = {"market": "GH", "channel": "email", "contact": ADDRESS, "by": WORKER, "now": NOON}
        return actions.open_case(text=text, **{**known, **fields})

    def answered(self, case, text="We look into it.", now=None, **fields) -> Message:
        now, case = now or later(minutes=30), Case.objects.get(pk=case.pk)
        known = {"sent_key": f"k{now.timestamp()}", "version": case.version, "by": AGENT, "now": now}
        message = actions.reply(case.pk, text=text, **{**known, **fields})
        actions.mark_sent(
            message.pk, external_id=f"m{message.pk}", by=WORKER, now=now + timedelta(seconds=11)
        )
        return message

    def clock(self, case, kind) -> Clock:
        return Clock.objects.filter(subject_kind="case", subject_id=case.pk, kind=kind).latest("id")

    def confirmed(self, case) -> CaseLink:
        link = CaseLink.objects.get(case=case, kind="payment")
        return actions.confirm_link(link.pk, by=AGENT, now=NOON)

    def known_to_be_them(self, case, now=NOON, **how) -> None:
        actions.sort_case(
            case.pk, customer_id=self.payment.customer_id, party_role="customer", by=AGENT, now=now
        )
        facts = how or {"facts": ["account_number", "last_payment"]}
        actions.verify(case.pk, **facts, by=AGENT, now=now)

    def ready(self, case, now=None) -> None:
        """Everything that is asked for before it is resolved."""
        now = now or later(hours=1)
        actions.sort_case(
            case.pk, category="other.general", root_cause="none", money_outcome="none", by=AGENT, now=now
        )


class Opening(Cases):
    def test_what_the_text_refers_to_is_linked_to_be_confirmed_and_the_clocks_run(self):
        case = self.opened(f"Account {self.contract.account_number}, code mp240302ab12, PAY-0000000 is none")
        links = {(link.kind, link.object_id): link for link in queries.links_of(case.pk)}
        assert set(links) == {("payment", self.payment.pk), ("contract", self.contract.pk)}
        assert links["payment", self.payment.pk].found_as == "transaction code"
        assert {link.state for link in links.values()} == {"proposed"}
        assert references_in(f"Account {self.contract.account_number}", AGENT, "GH") != []
        assert references_in(f"Account {self.contract.account_number}", KENYAN, "GH") == []
        assert self.clock(case, "first_response").due_at == later(hours=4)
        assert self.clock(case, "resolution").ended_as == ""
        assert case.level == "unverified"
        assert [record.verb for record in history("case", case.pk)] == ["case.opened"]

    def test_a_number_on_file_names_the_customer_and_proves_nothing(self):
        case = self.opened(channel="phone", contact=PHONE)
        assert (case.customer_id, case.level, case.party_role) == (
            self.contract.customer_id, "unverified", "customer"
        )  # fmt: skip

    def test_a_card_number_is_never_kept_and_a_reference_of_ours_is(self):
        case = self.opened(
            "My card 4111 1111 1111 1111 was charged", subject="card 4111111111111111",
            contact_name="Ama 4111-1111-1111-1111",
        )  # fmt: skip
        said = Message.objects.get(case=case)
        assert "4111 1111" not in said.text
        assert "41111111" not in case.subject
        assert case.contact_name == "Ama ****-****-****-1111"
        assert said.text.endswith("1111 was charged")
        (line,) = receive(make_source_account(), row(2, "9.00", provider_ref="4111111111111111"))
        kept = self.opened("Code 4111111111111111")
        assert "4111111111111111" in Message.objects.get(case=kept).text
        draft = {"text": "You sent 4111111111111111, not 5555555555554444.", "is_note": False}
        actions.save_draft(kept.pk, **draft, by=AGENT, now=NOON)
        written = Draft.objects.get(case=kept).text
        assert "4111111111111111" in written
        assert "5555555555554444" not in written
        assert ("payment", line.pk) in queries.link_pairs(kept.pk, confirmed=False)

    def test_what_the_database_cannot_hold_is_left_out(self):
        case = self.opened("My ph\0one is locked", contact="ama\0@example.com", contact_name="A\0ma")
        assert (case.subject, case.contact, case.contact_name) == (
            "My phone is locked", ADDRESS, "Ama",
        )  # fmt: skip

    def test_the_same_mail_twice_is_one_case_and_an_empty_one_is_refused(self):
        first, again = self.opened(external_id="<a@b>"), self.opened(external_id="<a@b>")
        assert (first, Case.objects.count()) == (again, 1)
        assert self.opened("other", external_id="<a@b>") != first  # one id of a careless sender, two mails
        with pytest.raises(CaseRefused, match="empty"):
            self.opened("  ")

    def test_of_other_markets_nothing_is_seen_or_linked_and_a_reviewer_opens_none(self):
        with pytest.raises(NotAllowedRefused):
            self.opened(by=KENYAN)
        with pytest.raises(NotAllowedRefused):
            self.opened(by=REVIEWER)
        case = self.opened(market="KE", by=KENYAN)
        assert queries.links_of(case.pk) == []
        assert not queries.cases(AGENT).exists()


class AskedOnce(Cases):
    """Statements of what happens all day; whoever adds one says what for."""

    def test_an_answer_asks_once_what_its_case_is_about_and_ends_its_clocks_in_one_statement(self):
        case = self.opened()
        self.confirmed(case)
        case.refresh_from_db()
        with CaptureQueriesContext(connection) as replying:
            message = actions.reply(
                case.pk, text="We look into it.", sent_key="k1", version=case.version, by=AGENT, now=NOON
            )
        said = [each["sql"] for each in replying]
        for table in ("payments_payment", "cases_caselink"):
            assert sum(f'FROM "{table}"' in sql for sql in said) == 1, table
        with CaptureQueriesContext(connection) as sending:
            actions.mark_sent(message.pk, external_id="m1", by=WORKER, now=later(minutes=1))
        assert sum("SET ended_as" in each["sql"] for each in sending) == 1
        assert self.clock(case, "first_response").ended_as == "met"


class Talking(Cases):
    def test_the_answer_meets_the_clock_when_it_leaves_not_when_it_is_written(self):
        case = self.opened()
        message = actions.reply(
            case.pk, text="Hello", sent_key="k", version=case.version, by=AGENT, now=later(hours=1)
        )
        assert (message.delivery, self.clock(case, "first_response").ended_as) == ("queued", "")
        actions.mark_sent(message.pk, external_id="<x>", by=WORKER, now=later(hours=1, seconds=10))
        met = self.clock(case, "first_response")
        assert (met.ended_as, met.ended_at) == ("met", later(hours=1, seconds=10))
        case.refresh_from_db()
        assert (case.state, case.unanswered_since) == ("in_progress", None)

    def test_pressed_twice_it_is_sent_once_and_until_it_leaves_it_can_be_taken_back(self):
        case = self.opened()
        send = {"text": "Hello", "sent_key": "k", "version": case.version, "by": AGENT, "now": NOON}
        first = actions.reply(case.pk, **send)
        assert actions.reply(case.pk, **send) == first
        with pytest.raises(CaseRefused):
            actions.take_back(first.pk, by=OTHER, now=NOON)
        actions.take_back(first.pk, by=AGENT, now=NOON)
        assert [each.text for each in queries.drafts_of(case.pk)] == ["Hello"]
        with pytest.raises(CaseRefused, match="left already"):
            actions.take_back(first.pk, by=AGENT, now=NOON)

    def test_nobody_answers_what_they_have_not_read(self):
        case = self.opened()
        seen = case.version
        actions.receive_message(
            case.pk,
            channel="email",
            text="And another thing",
            external_id="<2>",
            by=WORKER,
            now=later(minutes=5),
        )
        with pytest.raises(CaseChangedRefused, match="Your text is kept"):
            actions.reply(case.pk, text="Hello", sent_key="k", version=seen, by=AGENT, now=later(minutes=6))

    def test_a_note_a_try_to_call_and_an_acknowledgement_answer_nobody_and_an_answered_call_does(self):
        case = self.opened(channel="phone", contact=PHONE)
        actions.add_note(case.pk, text="Asked the provider", by=AGENT, now=later(minutes=5))
        actions.log_call(
            case.pk, outcome="no_answer", text="", called_us=False, by=AGENT, now=later(minutes=6)
        )
        assert self.clock(case, "first_response").ended_as == ""
        actions.log_call(
            case.pk, outcome="answered", text="Told her", called_us=False, by=AGENT, now=later(minutes=7)
        )
        assert self.clock(case, "first_response").ended_at == later(minutes=7)

    def test_the_oldest_message_without_an_answer_starts_the_next_clock_and_more_do_not_start_it_again(self):
        case = self.opened()
        self.answered(case)
        for minutes in (60, 90):
            actions.receive_message(
                case.pk, channel="email", text="Well?", external_id=f"<{minutes}>", by=WORKER,
                now=later(minutes=minutes),
            )  # fmt: skip
        assert self.clock(case, "next_response").start_at == later(minutes=60)
        self.answered(case, now=later(hours=2))
        assert self.clock(case, "next_response").ended_as == "met"

    def test_a_promise_to_call_back_becomes_a_clock_that_is_due_then(self):
        case = self.opened(channel="phone", contact=PHONE)
        actions.log_call(
            case.pk,
            outcome="call_back",
            text="",
            called_us=True,
            call_back_at=later(hours=4),
            by=AGENT,
            now=NOON,
        )
        (made,) = queries.commitments_of(case.pk)
        due = Clock.objects.get(subject_kind="commitment", subject_id=made.pk)
        assert due.due_at == later(hours=4)
        actions.keep_commitment(made.pk, by=AGENT, now=later(hours=3))
        due.refresh_from_db()
        assert (due.ended_as, queries.commitments_of(case.pk)) == ("met", [])


class Facts(Cases):
    def test_a_fact_is_told_to_whoever_may_hear_it_while_it_is_so(self):
        case = self.opened()
        self.confirmed(case)
        where = "it is credited to account " + self.contract.account_number
        seen = {"payment.state": where}
        with pytest.raises(CaseRefused, match="not verified by two facts"):
            self.answered(case, seen_facts=seen, seen_at=later(minutes=29))
        self.known_to_be_them(case)
        assert self.answered(case, seen_facts=seen, seen_at=later(minutes=29)).facts == seen
        with pytest.raises(CaseRefused, match="not so any more"):
            self.answered(
                case, now=later(hours=1), seen_facts={"payment.state": "gone"}, seen_at=later(hours=1)
            )
        with pytest.raises(CaseRefused, match="older than 10 minutes"):
            self.answered(case, now=later(hours=2), seen_facts=seen, seen_at=later(hours=1))

    def test_a_third_person_never_hears_and_who_talks_anew_is_not_verified(self):
        case = self.opened()
        self.known_to_be_them(case)
        actions.sort_case(case.pk, party_role="third_party", by=AGENT, now=NOON)
        assert Case.objects.get(pk=case.pk).level == "unverified"
        with pytest.raises(CaseRefused, match="third person"):
            actions.verify(case.pk, facts=["account_number", "last_payment"], by=AGENT, now=NOON)

    def test_a_name_and_a_number_are_no_two_facts_and_a_call_back_is_strong(self):
        case = self.opened()
        with pytest.raises(CaseRefused, match="not enough"):
            self.known_to_be_them(case, facts=["name", "phone_on_file"])
        self.known_to_be_them(case, strong_way="callback")
        assert Case.objects.get(pk=case.pk).level == "strong"


class Ending(Cases):
    def test_it_is_resolved_when_nothing_is_missing_and_says_what_is(self):
        case = self.opened()
        with pytest.raises(CaseRefused) as refused:
            actions.resolve(case.pk, by=AGENT, now=NOON)
        assert refused.value.fields["missing"] == ["category", "root_cause", "money_outcome", "reply"]
        actions.sort_case(
            case.pk, category="paying.not_applied", root_cause="not_received", money_outcome="applied",
            by=AGENT, now=NOON,
        )  # fmt: skip
        self.answered(case)
        with pytest.raises(CaseRefused, match="To tick off: Contract and lock checked"):
            actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        for check in queries.unchecked(Case.objects.get(pk=case.pk)):
            actions.tick(case.pk, check=check, done=True, by=AGENT, now=later(hours=1))
        case = actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        assert (case.state, self.clock(case, "resolution").ended_as) == ("resolved", "met")

    def test_a_refund_that_is_not_decided_keeps_the_case_open(self):
        case = self.opened(text="MP240302AB13 was too much")
        (extra,) = receive(
            make_source_account(),
            row(3, "900.00", reference=self.contract.account_number, provider_ref="MP240302AB13"),
        )
        actions.link(case.pk, kind="payment", object_id=extra.pk, by=AGENT, now=NOON)
        self.ready(case)
        self.answered(case)
        request_refund(
            extra.pk, amount=Money(100, "GHS"), reason="overpaid", note="Paid too much.", payee_kind="payer",
            payee_name="Ama Mensah", payee_account=PHONE, rail="mobile_money", by=AGENT, now=NOON,
        )  # fmt: skip
        with pytest.raises(CaseRefused, match="is not decided"):
            actions.resolve(case.pk, by=AGENT, now=later(hours=1))

    def test_within_the_grace_it_goes_on_after_it_another_follows(self):
        case = self.opened()
        self.answered(case)
        self.ready(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        say = {"channel": "email", "text": "Not at all!", "by": WORKER}
        actions.receive_message(case.pk, **say, external_id="<2>", now=later(hours=20))
        case.refresh_from_db()
        assert (case.state, case.reopens, self.clock(case, "resolution").reopens) == ("in_progress", 1, 1)
        self.answered(case, now=later(hours=21))
        actions.resolve(case.pk, by=AGENT, now=later(hours=22))
        assert actions.close_resolved(by=WORKER, now=later(hours=80)) == 1
        message = actions.receive_message(case.pk, **say, external_id="<3>", now=later(hours=90))
        assert (message.case.follows, message.case.state) == (case, "new")
        assert self.clock(message.case, "first_response").ended_as == ""

    def test_it_waits_for_the_customer_only_when_they_were_answered_and_their_word_wakes_it(self):
        case = self.opened()
        with pytest.raises(CaseRefused, match="answer them first"):
            actions.wait(case.pk, waits_for="customer", by=AGENT, now=NOON)
        self.answered(case)
        actions.wait(case.pk, waits_for="customer", by=AGENT, now=later(hours=1))
        assert self.clock(case, "resolution").pause_reason == "customer"
        actions.receive_message(
            case.pk, channel="email", text="Here it is", external_id="<2>", by=WORKER, now=later(hours=2)
        )
        case.refresh_from_db()
        assert (case.state, self.clock(case, "resolution").paused_at) == ("in_progress", None)

    def test_it_wakes_at_its_time_and_waiting_for_a_provider_stops_no_clock(self):
        case = self.opened()
        actions.wait(case.pk, waits_for="provider", until=later(hours=5), by=AGENT, now=NOON)
        assert self.clock(case, "resolution").paused_at is None
        assert actions.wake(by=WORKER, now=later(hours=4)) == 0
        assert actions.wake(by=WORKER, now=later(hours=5)) == 1

    def test_a_stranger_is_noted_among_us_and_moves_nothing(self):
        case = self.opened()
        self.answered(case)
        actions.receive_message(
            case.pk, channel="email", text="Close it", sender="x@example.org", external_id="<9>",
            is_party=False, by=WORKER, now=later(hours=1),
        )  # fmt: skip
        case.refresh_from_db()
        assert (case.unanswered_since, case.messages.filter(is_public=False).count()) == (None, 1)


class Merging(Cases):
    def test_the_survivor_takes_the_earliest_clock_and_what_comes_later_and_gives_both_back(self):
        first = self.opened()
        second = self.opened("Again: nothing happened", now=later(hours=1))
        actions.merge(first.pk, into=second.pk, by=AGENT, now=later(hours=2))
        assert self.clock(second, "first_response").start_at == NOON
        message = actions.receive_message(
            first.pk, channel="email", text="Hello?", external_id="<2>", by=WORKER, now=later(hours=3)
        )
        assert message.case == second
        actions.undo_merge(first.pk, by=AGENT, now=later(hours=4))
        assert self.clock(first, "first_response").ended_as == ""
        assert self.clock(second, "first_response").start_at == later(hours=1)

    def test_cases_of_different_people_are_not_merged(self):
        with pytest.raises(CaseRefused, match="different people"):
            actions.merge(
                self.opened().pk, into=self.opened("b", contact="b@example.org").pk, by=AGENT, now=NOON
            )
        known, unnamed = self.opened(), self.opened()
        Case.objects.filter(pk=known.pk).update(customer=make_contract().customer)
        for first, into in ((known, unnamed), (unnamed, known)):
            with pytest.raises(CaseRefused, match=f"whose {code(unnamed)} is: say it there"):
                actions.merge(first.pk, into=into.pk, by=AGENT, now=NOON)
        case = self.opened()
        with pytest.raises(CaseRefused, match="itself"):
            actions.merge(case.pk, into=case.pk, by=AGENT, now=NOON)


class Inbox(Cases):
    def test_views_hold_what_they_say_and_a_second_case_on_the_payment_is_seen(self):
        me = Person.objects.create(
            email="me@example.org", name="Me", works_in_all_markets=True, created_at=NOON
        )
        PersonRole.objects.create(person=me, role="SU")
        by = me.actor()
        mine, free = self.opened(), self.opened("Again MP240302AB12", contact="b@example.org")
        assign(("case", mine.pk), market="GH", owner_id=me.pk, by=by, now=NOON)
        found = {
            view: set(
                queries.in_view(queries.cases(by), view, by, later(hours=30)).values_list("pk", flat=True)
            )
            for view in queries.VIEWS
        }
        both = {mine.pk, free.pk}
        assert found == {
            "mine": {mine.pk}, "new": {free.pk}, "team": both, "late": both, "waiting": set(), "done": set()
        }  # fmt: skip
        assert queries.counts(by, later(hours=30)) == {
            "team": 2,
            "mine": 1,
            "new": 1,
            "late": 2,
            "waiting": 0,
        }
        assert queries.others_about_the_same(by, mine, queries.link_pairs(mine.pk, confirmed=False)) == [free]
        assert list(queries.found_by(queries.cases(by), code(free))) == [free]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            list(queries.in_view(queries.cases(by), "team", by, NOON))
        assert len(asked) == 1
