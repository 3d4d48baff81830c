"""Messages that are about something else become a case of their own, and go back while it stood still."""

from __future__ import annotations

from datetime import timedelta

import pytest

from paydesk.domain.cases import actions, mailing
from paydesk.domain.cases.models import Case, CaseLink, Mailbox, Message, SplitOff
from paydesk.domain.cases.queries import messages_of
from paydesk.domain.cases.steps import CaseChangedRefused, CaseRefused
from paydesk.domain.cases.tests.test_life import ADDRESS, AGENT, NOON, PHONE, WORKER, Cases, later
from paydesk.domain.refunds.actions import request_refund
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.models import Clock, ClockPause
from paydesk.foundation.clocks.steps import ClockRefused
from paydesk.foundation.due_times.actions import approve_due
from paydesk.foundation.people import restricted
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from tests.browser.people import make_person
from tests.builders import make_source_account, receive, row


class Splitting(Cases):
    def wrote(self, case, text="And my refund never came", at=None, **fields) -> Message:
        known = {"channel": "email", "sender": ADDRESS, "by": WORKER, "now": at or later(minutes=10)}
        return actions.receive_message(case.pk, text=text, **{**known, **fields})

    def split(self, case, *messages, how="along", links=(), **fields) -> Case:
        case.refresh_from_db()
        known = {
            "messages": {each.pk: how for each in messages}, "links": {each.pk: how for each in links},
            "subject": "The refund", "sent_key": "s1", "version": case.version, "by": AGENT,
            "now": later(hours=1),
        }  # fmt: skip
        child = actions.split(case.pk, **{**known, **fields})
        case.refresh_from_db()
        return child

    def open_clocks(self, case) -> dict[str, object]:
        found = Clock.objects.filter(subject_kind="case", subject_id=case.pk, ended_as="")
        return dict(found.values_list("kind", "start_at"))


class OneMore(Splitting):
    def test_the_child_is_of_the_same_person_and_its_clocks_start_as_its_parents(self):
        case = self.opened(is_complaint=True, tags=["card"], language="fr")
        link = self.confirmed(case)
        second = self.wrote(case)
        child = self.split(case, second, links=[link])
        same = (
            "market",
            "channel",
            "contact",
            "customer_id",
            "mailbox_id",
            "tags",
            "language",
            "is_complaint",
        )
        assert {name: getattr(child, name) for name in same} == {name: getattr(case, name) for name in same}
        assert (child.subject, child.state, child.parent_id) == ("The refund", "new", case.pk)
        assert self.open_clocks(child) == dict.fromkeys(
            ("first_response", "resolution", "total", "complaint_deadline"), NOON
        )
        assert (child.unanswered_since, case.unanswered_since) == (later(minutes=10), NOON)
        assert [each.pk for each in messages_of(child)] == [second.pk]
        assert second in messages_of(case), "what was said stays where it was said"
        assert (child.amount_minor, case.amount_minor) == (5_000, None)
        assert CaseLink.objects.get(case=child).state == "confirmed"
        link.refresh_from_db()
        assert link.state == "rejected"
        told = [list(history("case", each.pk))[-1].verb for each in (case, child)]
        assert told == ["case.split", "case.split_off"]

    def test_what_all_went_along_is_waited_for_in_the_child_alone_and_the_parent_hears_again(self):
        case = self.opened()
        (first,) = messages_of(case)
        child = self.split(case, first)
        assert (case.unanswered_since, child.unanswered_since) == (None, NOON)
        ended = self.clock(case, "first_response")
        assert (ended.ended_as, ended.merged_into_id) == ("merged", self.clock(child, "first_response").pk)
        self.wrote(case, at=later(hours=2))
        assert self.open_clocks(case)["first_response"] == later(hours=2)

    def test_what_is_in_both_is_waited_for_in_both(self):
        case = self.opened()
        (first,) = messages_of(case)
        child = self.split(case, first, how="both", links=[self.confirmed(case)])
        assert (case.unanswered_since, child.unanswered_since) == (NOON, NOON)
        assert CaseLink.objects.filter(kind="payment", state="confirmed").count() == 2
        self.answered(case, now=later(hours=2))
        child.refresh_from_db()
        assert child.unanswered_since == NOON
        assert "first_response" in self.open_clocks(child)

    def test_what_was_answered_starts_no_clock_of_an_answer(self):
        case = self.opened()
        (first,) = messages_of(case)
        self.answered(case)
        child = self.split(case, first)
        assert child.unanswered_since is None
        assert set(self.open_clocks(child)) == {"resolution", "total", "periodic_update"}
        self.wrote(child, at=later(hours=2))
        assert self.open_clocks(child)["next_response"] == later(hours=2)

    def test_the_time_the_parent_stood_still_stands_still_in_the_child(self):
        case = self.opened()
        (first,) = messages_of(case)
        self.answered(case)
        actions.wait(case.pk, waits_for="customer", by=AGENT, now=later(hours=1))
        child = self.split(case, first, now=later(hours=3))
        clock = self.clock(child, "resolution")
        (pause,) = ClockPause.objects.filter(clock=clock)
        assert (pause.at, pause.until, clock.paused_at) == (later(hours=1), later(hours=3), None)
        assert self.clock(case, "resolution").paused_at == later(hours=1)

    def test_another_start_has_a_reason_and_a_deadline_from_outside_a_second_person(self):
        case = self.opened(is_complaint=True)
        second = self.wrote(case)
        known = {"starts_at": later(minutes=10), "now": later(hours=1)}
        with pytest.raises(ClockRefused, match="Say why"):
            self.split(case, second, **known)
        with pytest.raises(CaseRefused, match="between the opening"):
            self.split(case, second, starts_at=later(days=-1), reason="They said it later")
        assert Case.objects.count() == 1
        lead, other = (make_person(name, "TL", email=f"{name}@desk.example").actor() for name in "ab")
        child = self.split(case, second, reason="They said it later", by=lead, **known)
        assert self.open_clocks(child) == {
            **dict.fromkeys(("first_response", "resolution", "total"), later(minutes=10)),
            "complaint_deadline": NOON,
        }
        assert child.opened_at == later(minutes=10)
        was = self.clock(child, "complaint_deadline").due_at
        asked = Approval.objects.get()
        with pytest.raises(SamePersonRefused):
            approve_due(asked.pk, by=lead, now=later(hours=2))
        approve_due(asked.pk, by=other, now=later(hours=2))
        assert self.clock(child, "complaint_deadline").due_at == was + timedelta(minutes=10)


class Refusing(Splitting):
    def test_pressed_twice_it_is_split_once_and_nobody_splits_what_they_have_not_read(self):
        case = self.opened()
        second = self.wrote(case)
        case.refresh_from_db()
        version = case.version
        child = self.split(case, second)
        assert self.split(case, second, version=version) == child
        with pytest.raises(CaseChangedRefused):
            self.split(case, second, version=version, sent_key="s2")
        assert (Case.objects.count(), SplitOff.objects.count()) == (2, 1)

    def test_only_words_of_this_case_that_are_not_ours_and_while_it_is_open(self):
        case, another = self.opened(), self.opened("Else", contact="kofi@example.com")
        (first,) = messages_of(case)
        ours = self.answered(case)
        for messages in ((), (ours,), tuple(messages_of(another)), (first, ours)):
            with pytest.raises(CaseRefused):
                self.split(case, *messages)
        with pytest.raises(CaseRefused, match="has changed"):
            self.split(case, first, links=[CaseLink(pk=9_999)])
        with pytest.raises(CaseRefused):
            self.split(case, first, how="else")
        for state in ("resolved", "closed"):
            Case.objects.filter(pk=case.pk).update(state=state, resolved_at=NOON)
            with pytest.raises(CaseRefused, match=state):
                self.split(case, first)
        assert Case.objects.count() == 2

    def test_a_restricted_one_stays_restricted_to_the_same_people(self):
        case = self.opened()
        (first,) = messages_of(case)
        named, other = (make_person(name, "SU", email=f"{name}@desk.example").actor() for name in "ab")
        restricted.begin(("case", case.pk), market="GH", named=[named.id], by=WORKER, at=NOON)
        with pytest.raises(restricted.RestrictedRefused):
            self.split(case, first, by=other)
        child = self.split(case, first, by=named)
        assert restricted.may_read(named, "case", child.pk)
        assert not restricted.may_read(other, "case", child.pk)

    def test_who_has_no_address_in_a_chat_is_not_answered_where_they_do_not_look(self):
        case = self.opened(channel="chat", contact="")
        child = self.split(case, *messages_of(case), how="both")
        assert child.channel == "by_hand"
        with pytest.raises(CaseRefused, match="No address"):
            self.answered(child, now=later(hours=2))


class Threads(Splitting):
    def test_each_thread_leads_to_its_own_case(self):
        case = self.opened(external_id="<one@example.com>")
        second = self.wrote(case, external_id="<two@example.com>")
        child = self.split(case, second)
        box = Mailbox(address="desk@paydesk.example", name="Desk", market="GH")
        answer = self.answered(child, now=later(hours=2))
        mail = mailing.mail_of(Message.objects.get(pk=answer.pk), box, later(hours=2))
        assert mail.in_reply_to == "<two@example.com>"
        assert mailing.signer().case_of_address(mail.reply_to.address) == child.pk
        assert mailing.signer().case_of_message_id(mail.message_id) == (child.pk, answer.pk)


class TakingBack(Splitting):
    def test_the_parent_is_as_it_was_and_hears_what_comes_for_the_child(self):
        case = self.opened()
        (first,) = messages_of(case)
        link = self.confirmed(case)
        child = self.split(case, first, links=[link])
        actions.undo_split(child.pk, by=AGENT, now=later(hours=2))
        case.refresh_from_db()
        child.refresh_from_db()
        link.refresh_from_db()
        assert (child.state, child.merged_into_id, link.state) == ("merged", case.pk, "confirmed")
        assert (case.unanswered_since, case.amount_minor) == (NOON, 5_000)
        assert self.open_clocks(case) == dict.fromkeys(("first_response", "resolution", "total"), NOON)
        assert self.open_clocks(child) == {}
        assert messages_of(child) == []
        assert self.wrote(child, at=later(hours=3)).case_id == case.pk
        for again in (actions.undo_split, actions.undo_merge):
            with pytest.raises(CaseRefused):
                again(child.pk, by=AGENT, now=later(hours=4))

    def test_not_once_it_was_answered_or_money_was_moved(self):
        case = self.opened()
        (first,) = messages_of(case)
        child = self.split(case, first)
        self.answered(child, now=later(hours=2))
        with pytest.raises(CaseRefused, match="answered since"):
            actions.undo_split(child.pk, by=AGENT, now=later(hours=3))
        paid = row(3, "900.00", reference=self.contract.account_number, provider_ref="MP240302AB13")
        (extra,) = receive(make_source_account(), paid)
        link = actions.link(case.pk, kind="payment", object_id=extra.pk, by=AGENT, now=later(hours=4))
        second = self.wrote(case, at=later(hours=4))
        child = self.split(case, second, links=[link], sent_key="s2", now=later(hours=5))
        request_refund(
            extra.pk, amount=Money(100, "GHS"), reason="overpaid", note="Paid too much.", payee_kind="payer",
            payee_name="Ama Mensah", payee_account=PHONE, rail="mobile_money", by=AGENT, now=later(hours=6),
        )  # fmt: skip
        with pytest.raises(CaseRefused, match="Money was moved"):
            actions.undo_split(child.pk, by=AGENT, now=later(hours=7))
        child.refresh_from_db()
        assert child.state == "new"

    def test_not_of_a_case_that_was_not_split_off_nor_into_one_that_is_over(self):
        case = self.opened()
        with pytest.raises(CaseRefused, match="not split off"):
            actions.undo_split(case.pk, by=AGENT, now=NOON)
        child = self.split(case, *messages_of(case))
        Case.objects.filter(pk=case.pk).update(state="resolved", resolved_at=NOON)
        with pytest.raises(CaseRefused, match="resolved"):
            actions.undo_split(child.pk, by=AGENT, now=later(hours=2))

    def test_the_answer_that_went_along_is_due_in_the_child_alone_also_after_a_merge_that_was_undone(self):
        case = self.opened()
        child = self.split(case, *messages_of(case))
        before = [self.open_clocks(each) for each in (case, child)]
        assert "first_response" not in before[0]
        actions.merge(case.pk, into=child.pk, by=AGENT, now=later(hours=2))
        assert self.open_clocks(case) == {}
        actions.undo_merge(case.pk, by=AGENT, now=later(hours=3))
        assert [self.open_clocks(each) for each in (case, child)] == before
        case.refresh_from_db()
        assert case.unanswered_since is None


class Families(Splitting):
    def test_a_case_is_named_a_part_of_another_and_taken_out(self):
        parent, child = self.opened(), self.opened("Else", contact="kofi@example.com")
        for _ in range(2):
            actions.add_child(parent.pk, child_id=child.pk, by=AGENT, now=NOON)
        verbs = [each.verb for each in history("case", parent.pk)]
        assert verbs.count("case.child_added") == 1
        child.refresh_from_db()
        assert (child.parent_id, child.state) == (parent.pk, "new")
        actions.part_child(child.pk, by=AGENT, now=NOON)
        child.refresh_from_db()
        assert child.parent_id is None
        with pytest.raises(CaseRefused, match="no child"):
            actions.part_child(child.pk, by=AGENT, now=NOON)

    def test_no_ring_no_second_parent_and_what_was_split_off_stays_a_part(self):
        one, two, three = (self.opened(f"Number {n}", contact=f"{n}@example.com") for n in range(3))
        actions.add_child(one.pk, child_id=two.pk, by=AGENT, now=NOON)
        actions.add_child(two.pk, child_id=three.pk, by=AGENT, now=NOON)
        for parent, child, why in (
            (one, one, "its own"), (three, one, "itself a child"), (one, three, "already"),
        ):  # fmt: skip
            with pytest.raises(CaseRefused, match=why):
                actions.add_child(parent.pk, child_id=child.pk, by=AGENT, now=NOON)
        part = self.split(one, *messages_of(one))
        with pytest.raises(CaseRefused, match="take the split back"):
            actions.part_child(part.pk, by=AGENT, now=later(hours=2))
        abroad = Case.objects.create(market="KE", channel="email", subject="x", opened_at=NOON, opened_by="x")
        everywhere = Actor("person", AGENT.id, "Person", AGENT.rights, frozenset({"GH", "KE"}))
        with pytest.raises(CaseRefused, match="different markets"):
            actions.add_child(one.pk, child_id=abroad.pk, by=everywhere, now=NOON)
