"""The clocks of a case beside its life: what never pauses, what ends a pause, what a bounce undoes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from paydesk.domain.cases import actions, clocks
from paydesk.domain.cases.forecast import load_per_person
from paydesk.domain.cases.models import Case, CaseLink, Draft, Message
from paydesk.domain.cases.queries import cases, in_view
from paydesk.domain.cases.steps import CaseRefused
from paydesk.domain.cases.tests.test_life import ADDRESS, AGENT, NOON, OTHER, WORKER, Cases, later
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.audit.queries import history
from paydesk.foundation.clocks.actions import pause_clock, set_policy
from paydesk.foundation.clocks.models import Clock, ClockPause
from paydesk.foundation.clocks.rules import Terms
from paydesk.foundation.clocks.steps import ClockRefused
from paydesk.foundation.clocks.tests.desk import ADMINISTRATOR, LEAD
from paydesk.foundation.clocks.told import arithmetic
from tests.browser.people import make_person


class Complaints(Cases):
    def test_opened_again_it_goes_on_as_if_it_had_not_been_resolved(self):
        case = self.opened(is_complaint=True)
        due_at = self.clock(case, "complaint_deadline").due_at
        self.answered(case)
        self.ready(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        actions.reopen(case.pk, by=AGENT, now=later(hours=40))
        again = self.clock(case, "complaint_deadline")
        assert (again.ended_as, again.due_at, again.reopens) == ("", due_at, 1)
        assert not ClockPause.objects.filter(clock=again).exists()
        assert ClockPause.objects.filter(clock=self.clock(case, "resolution")).exists()

    def test_the_mark_comes_off_by_two_people_and_a_reason(self):
        case = self.opened(is_complaint=True)
        with pytest.raises(CaseRefused, match="second person"):
            actions.sort_case(case.pk, is_complaint=False, by=AGENT, now=later(hours=1))
        lead, other = (make_person(name, "TL", email=f"{name}@desk.example").actor() for name in "ab")
        with pytest.raises(ClockRefused, match="Say why"):
            actions.ask_no_complaint(case.pk, reason=" ", by=lead, now=later(hours=1))
        asked = actions.ask_no_complaint(case.pk, reason="A question of price", by=lead, now=later(hours=1))
        assert Case.objects.get(pk=case.pk).is_complaint
        with pytest.raises(SamePersonRefused):
            actions.approve_no_complaint(asked.pk, by=lead, now=later(hours=2))
        actions.approve_no_complaint(asked.pk, by=other, now=later(hours=2))
        case.refresh_from_db()
        ended = self.clock(case, "complaint_deadline")
        assert (case.is_complaint, ended.ended_as, ended.ended_why) == (
            False,
            "waived",
            "A question of price",
        )
        assert "case.no_complaint" in [each.verb for each in history("case", case.pk)]
        assert Approval.objects.get().state == "approved"

    def test_no_policy_makes_it_pause_and_one_from_before_does_not_either(self):
        case = self.opened(is_complaint=True)
        clock = self.clock(case, "complaint_deadline")
        with pytest.raises(ClockRefused, match="never pauses"):
            set_policy(
                clocks.COMPLAINT,
                Terms(target_seconds=60, pauses={"customer": 60}),
                by=ADMINISTRATOR,
                now=NOON,
            )
        with pytest.raises(ClockRefused, match="never pauses"):
            pause_clock(clock.pk, reason="customer", note="They think", by=LEAD, now=NOON)
        with pytest.raises(ClockRefused, match="let the case wait"):
            pause_clock(self.clock(case, "resolution").pk, reason="customer", note="Why", by=LEAD, now=NOON)


class Waiting(Cases):
    def waits(self, waits_for="customer", now=None, **opened) -> Case:
        case = self.opened(**opened)
        self.answered(case)
        actions.wait(case.pk, waits_for=waits_for, by=AGENT, now=now or later(hours=1))
        return case

    def test_an_answer_a_call_and_a_bounce_end_the_pause_for_the_customer(self):
        for number, act in enumerate((
            lambda case: self.answered(case, "Also this", now=later(hours=2)),
            lambda case: actions.log_call(
                case.pk, outcome="answered", text="Told", called_us=False, by=AGENT, now=later(hours=2)
            ),
            lambda case: actions.mark_failed(
                case.messages.get(direction="out").pk, why="No such box", by=WORKER, now=later(hours=2)
            ),
        )):  # fmt: skip
            case = self.waits(external_id=f"<{number}>")
            assert self.clock(case, "resolution").paused_at is not None
            act(case)
            case.refresh_from_db()
            assert (case.state, self.clock(case, "resolution").paused_at) == ("in_progress", None)

    def test_a_case_without_an_answer_that_goes_into_a_waiting_one_brings_it_back(self):
        survivor = self.waits()
        other = self.opened("Still nothing", now=later(hours=2))
        actions.merge(other.pk, into=survivor.pk, by=AGENT, now=later(hours=3))
        survivor.refresh_from_db()
        assert (survivor.state, survivor.unanswered_since) == ("in_progress", later(hours=2))
        assert self.clock(survivor, "resolution").paused_at is None

    def test_a_provider_and_our_own_people_get_a_clock_that_goes_on_until_they_acted(self):
        case = self.waits("provider")
        first = self.clock(case, "provider_response")
        assert (first.start_at, first.ended_as) == (later(hours=1), "")
        actions.receive_message(
            case.pk, channel="email", text="Well?", external_id="<w>", by=WORKER, now=later(hours=2)
        )
        first.refresh_from_db()
        assert first.ended_as == "waived", "we look at it; they are still silent"
        self.answered(case, now=later(hours=3))
        actions.wait(case.pk, waits_for="provider", by=AGENT, now=later(hours=4))
        again = self.clock(case, "provider_response")
        assert (again.start_at, again.ended_as) == (later(hours=1), "")
        actions.take_up(case.pk, by=AGENT, now=later(hours=5))
        again.refresh_from_db()
        assert again.ended_as == "met"
        actions.wait(case.pk, waits_for="internal", until=later(days=20), by=AGENT, now=later(hours=6))
        assert self.clock(case, "internal_task").start_at == later(hours=6)
        actions.wake(by=WORKER, now=later(days=20))
        late = self.clock(case, "internal_task")
        assert (late.ended_as, late.breached_at) == ("met", late.due_at), "who was late stays late"

    def test_a_pause_that_is_over_hides_no_late_clock_while_the_worker_stands_still(self):
        case = self.waits(text="My code is MP240302AB12")
        actor, clock = OTHER, self.clock(case, "resolution")
        ends = clock.paused_until
        assert ends is not None
        assert not in_view(cases(actor), "late", actor, ends).exists()
        assert list(in_view(cases(actor), "late", actor, clock.due_at + timedelta(seconds=1))) == [case]
        (load,) = load_per_person(actor, clock.due_at + timedelta(seconds=1))
        assert load.late == 1

    def test_where_somebody_was_asked_aside_that_clock_counts(self):
        case = self.opened()
        side = actions.open_side(
            case.pk, with_whom="provider", subject="s", text="Where is it?", address="help@momo.example",
            by=AGENT, now=later(hours=1),
        )  # fmt: skip
        actions.wait(case.pk, waits_for="provider", by=AGENT, now=later(hours=1))
        kinds = Clock.objects.filter(kind="provider_response").values_list("subject_kind", "subject_id")
        assert list(kinds) == [("side", side.pk)]

    def test_waiting_for_the_customer_ends_with_the_longest_pause_and_they_are_reminded_once(self):
        soon = self.waits(language="fr")
        ends = self.clock(soon, "resolution").paused_until
        assert (soon.nudges, soon.wakes_at) == (False, None), "as it was before it waited"
        soon.refresh_from_db()
        assert soon.wakes_at == ends
        asked = self.opened("Which account?", external_id="<a>")
        self.answered(asked)
        actions.wait(asked.pk, waits_for="customer", until=later(hours=5), by=AGENT, now=later(hours=1))
        assert actions.wake(by=WORKER, now=later(hours=5)) == 1, "a person said when: nobody is reminded"
        assert actions.wake(by=WORKER, now=ends) == 1
        (told,) = Message.objects.filter(is_automatic=True)
        assert (told.case, told.delivery, told.recipients) == (soon, "queued", [ADDRESS])
        assert told.text.startswith("Nous vous avons posé une question")
        soon.refresh_from_db()
        assert (soon.state, self.clock(soon, "resolution").paused_at) == ("in_progress", None)
        assert actions.wake(by=WORKER, now=ends) == 0
        actions.mark_failed(told.pk, why="The box is full", by=WORKER, now=ends)
        soon.refresh_from_db()
        assert soon.unanswered_since is None, "a reminder that came back was no answer"


class Undelivered(Cases):
    def bounced(self, message: Message, **when: int) -> Case:
        actions.mark_failed(message.pk, why="The box is full", by=WORKER, now=later(**when))
        return Case.objects.get(pk=message.case_id)

    def test_the_first_answer_is_owed_as_if_none_had_been_written(self):
        case = self.opened()
        due_at = self.clock(case, "first_response").due_at
        case = self.bounced(self.answered(case), hours=2)
        first = self.clock(case, "first_response")
        assert (first.ended_as, first.due_at, first.pauses.count()) == ("", due_at, 0)
        assert (case.first_answered_at, case.unanswered_since) == (None, NOON)
        assert not Clock.objects.filter(kind="next_response").exists()
        assert case.messages.filter(direction="note", text="The box is full").exists()
        self.answered(case, now=later(hours=3))
        assert self.clock(case, "first_response").ended_as == "met"

    def test_a_later_message_waits_since_the_one_that_was_never_answered(self):
        case = self.opened()
        self.answered(case)
        say = {"channel": "email", "text": "Well?", "by": WORKER}
        actions.receive_message(case.pk, **say, external_id="<1>", now=later(hours=1))
        second = self.answered(case, now=later(hours=2))
        actions.receive_message(case.pk, **say, external_id="<2>", now=later(hours=3))
        case = self.bounced(second, hours=4)
        open_now = Clock.objects.get(
            subject_kind="case", subject_id=case.pk, kind="next_response", ended_as=""
        )
        assert (open_now.start_at, case.unanswered_since) == (later(hours=1), later(hours=1))
        self.answered(case, now=later(hours=5))
        assert self.bounced(second, hours=6).unanswered_since is None, "twice is once"

    def test_what_was_resolved_meanwhile_is_opened_again_and_after_the_grace_a_case_follows(self):
        answers = []
        for number in (1, 2):
            case = self.opened(external_id=f"<{number}>")
            answers.append(self.answered(case))
            self.ready(case)
            actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        case = self.bounced(answers[0], hours=20)
        assert (case.state, case.reopens, case.unanswered_since) == ("in_progress", 1, NOON)
        assert self.clock(case, "resolution").ended_as == ""
        actions.close_resolved(by=WORKER, now=later(hours=80))
        closed = self.bounced(answers[1], hours=81)
        after = Case.objects.get(follows=closed)
        assert (closed.state, after.state, after.messages.get().text) == ("closed", "new", "The box is full")
        assert self.clock(after, "first_response").ended_as == ""


class Over(Cases):
    def test_what_is_closed_or_part_of_another_changes_no_more_but_its_tags(self):
        case, other = self.opened(), self.opened("Again")
        self.confirmed(case)
        self.known_to_be_them(case)
        promise = actions.make_commitment(case.pk, text="Look", due_at=later(days=9), by=AGENT, now=NOON)
        self.answered(case)
        self.ready(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        actions.close_resolved(by=WORKER, now=later(hours=80))
        actions.merge(other.pk, into=self.opened("A third").pk, by=AGENT, now=NOON)
        at = {"by": AGENT, "now": later(hours=90)}
        link = CaseLink.objects.get(case=case, kind="payment")
        for over, words in ((case, "is closed"), (other, "part of another")):
            for verb in (
                lambda pk: actions.add_note(pk, text="n", **at),
                lambda pk: actions.log_call(pk, outcome="answered", text="t", called_us=True, **at),
                lambda pk: actions.verify(pk, strong_way="callback", **at),
                lambda pk: actions.link(pk, kind="payment", object_id=self.payment.pk, **at),
                lambda pk: actions.make_commitment(pk, text="t", due_at=later(hours=99), **at),
                lambda pk: actions.tick(pk, check="x", done=True, **at),
                lambda pk: actions.sort_case(pk, severity="high", **at),
                lambda pk: actions.reopen(pk, **at),
            ):
                with pytest.raises(CaseRefused, match=words):
                    verb(over.pk)
            assert actions.tag_case(over.pk, add=["later"], **at).tags == ["later"]
        with pytest.raises(CaseRefused, match="is closed"):
            actions.reject_link(link.pk, **at)
        actions.keep_commitment(promise.pk, **at)


class Calls(Cases):
    def test_a_call_of_theirs_that_nobody_answered_is_heard_as_a_message_is(self):
        case = self.opened()
        self.answered(case)
        actions.wait(case.pk, waits_for="customer", by=AGENT, now=later(hours=1))
        log = {"text": "", "by": AGENT, "now": later(hours=2)}
        actions.log_call(case.pk, outcome="no_answer", called_us=False, **log)
        actions.log_call(case.pk, outcome="wrong_number", called_us=True, **log)
        case.refresh_from_db()
        assert (case.state, case.unanswered_since) == ("waiting", None), "a try of ours, and a stranger"
        actions.log_call(case.pk, outcome="no_answer", called_us=True, called_at=later(minutes=110), **log)
        case.refresh_from_db()
        assert (case.state, case.unanswered_since) == ("in_progress", later(minutes=110))
        assert self.clock(case, "next_response").start_at == later(minutes=110)
        actions.log_call(
            case.pk, outcome="answered", called_us=False, text="Told", by=AGENT, now=later(hours=3)
        )
        assert self.clock(case, "next_response").ended_as == "met"
        self.ready(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=4))
        actions.log_call(case.pk, outcome="call_back", called_us=True, text="", by=AGENT, now=later(hours=5))
        case.refresh_from_db()
        assert (case.state, case.reopens) == ("in_progress", 1)

    def test_the_first_word_in_a_case_that_we_opened_starts_the_clock_of_the_first_answer(self):
        case = self.opened(channel="by_hand", by=AGENT)
        assert not Clock.objects.filter(subject_id=case.pk, kind="first_response").exists()
        actions.receive_message(
            case.pk, channel="email", text="Hello?", external_id="<b>", by=WORKER, now=later(hours=1)
        )
        assert self.clock(case, "first_response").start_at == later(hours=1)


class TakenApart(Cases):
    def test_both_are_where_they_were(self):
        survivor = self.opened("Where is my money?")
        self.answered(survivor)
        actions.wait(survivor.pk, waits_for="customer", by=AGENT, now=later(hours=1))
        other = self.opened("A complaint", is_complaint=True, external_id="<c>", now=later(hours=2))
        due_at = self.clock(other, "complaint_deadline").due_at
        actions.merge(other.pk, into=survivor.pk, by=AGENT, now=later(hours=3))
        survivor.refresh_from_db()
        assert (survivor.is_complaint, survivor.state) == (True, "in_progress")
        assert self.clock(survivor, "complaint_deadline").due_at == due_at
        actions.undo_merge(other.pk, by=AGENT, now=later(hours=4))
        for case in (survivor, other):
            case.refresh_from_db()
        assert (survivor.is_complaint, survivor.state, survivor.waits_for) == (False, "waiting", "customer")
        assert survivor.unanswered_since is None
        assert self.clock(survivor, "resolution").paused_at == later(hours=3)
        assert self.clock(survivor, "complaint_deadline").ended_as == "waived"
        assert (other.is_complaint, other.state, other.unanswered_since) == (True, "new", later(hours=2))
        assert self.clock(other, "complaint_deadline").ended_as == ""

    def test_what_was_resolved_is_resolved_again_and_what_was_answered_meanwhile_stays_answered(self):
        case = self.opened("Why?")
        self.answered(case)
        self.ready(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=1))
        survivor = self.opened("Again", external_id="<s>", now=later(hours=2))
        actions.merge(case.pk, into=survivor.pk, by=AGENT, now=later(hours=3))
        self.answered(survivor, now=later(hours=4))
        actions.undo_merge(case.pk, by=AGENT, now=later(hours=5))
        case.refresh_from_db()
        survivor.refresh_from_db()
        assert (case.state, case.resolved_at) == ("resolved", later(hours=1))
        assert (survivor.state, survivor.unanswered_since) == ("in_progress", None)

    def test_what_the_survivor_was_answered_or_solved_by_leaves_the_other_its_clocks(self):
        for was_solved in (False, True):
            case = self.opened("Why?", external_id=f"<w{was_solved}>")
            due_at = self.clock(case, "first_response").due_at
            survivor = self.opened("Again", external_id=f"<s{was_solved}>")
            actions.merge(case.pk, into=survivor.pk, by=AGENT, now=later(minutes=3))
            self.answered(survivor)
            if was_solved:
                self.ready(survivor)
                actions.resolve(survivor.pk, by=AGENT, now=later(hours=1))
            actions.undo_merge(case.pk, by=AGENT, now=later(hours=2))
            case.refresh_from_db()
            assert case.unanswered_since == NOON
            assert (self.clock(case, "first_response").ended_as, self.clock(case, "total").ended_as) == (
                "",
                "",
            )
            assert self.clock(case, "first_response").due_at == due_at


class OnTheWay(Cases):
    """An answer leaves seconds after it was written: the case may have gone on meanwhile."""

    def leaving(self, case: Case, **fields) -> Message:
        case.refresh_from_db()
        known = {"sent_key": f"l{case.pk}", "version": case.version, "by": AGENT, "now": later(hours=1)}
        return actions.reply(case.pk, text="We found it.", **known, **fields)

    def leaves(self, message: Message) -> None:
        actions.mark_sent(message.pk, external_id="<out>", by=WORKER, now=later(hours=1, seconds=11))

    def open_clocks(self, case: Case) -> list[str]:
        mine = Clock.objects.filter(subject_kind="case", subject_id=case.pk, ended_as="")
        return sorted(mine.values_list("kind", flat=True))

    def test_nothing_is_due_any_more_in_what_is_solved(self):
        case = self.opened()
        self.answered(case)
        self.ready(case)
        message = self.leaving(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=1, seconds=3))
        self.leaves(message)
        actions.log_call(
            case.pk, outcome="answered", text="Told them", called_us=False, by=AGENT, now=later(hours=2)
        )
        case.refresh_from_db()
        assert (case.state, self.open_clocks(case)) == ("resolved", [])

    def test_it_answers_where_its_case_went_and_their_other_word_waits_on(self):
        case, survivor = self.opened(), self.opened("Hello?", external_id="<b>", now=later(minutes=20))
        message = self.leaving(case)
        actions.merge(case.pk, into=survivor.pk, by=AGENT, now=later(hours=1, seconds=3))
        self.leaves(message)
        survivor.refresh_from_db()
        assert (self.open_clocks(case), self.clock(survivor, "first_response").ended_as) == ([], "met")
        assert survivor.first_answered_at == later(hours=1, seconds=11)
        assert survivor.unanswered_since == later(minutes=20), "that was not answered"
        assert self.clock(survivor, "next_response").start_at == later(minutes=20)
        actions.undo_merge(case.pk, by=AGENT, now=later(hours=2))
        case.refresh_from_db()
        assert (case.unanswered_since, case.first_answered_at) == (None, later(hours=1))
        assert self.clock(case, "first_response").ended_as == "met"

    def test_taken_back_it_stands_where_its_case_went_before_what_was_begun_there(self):
        case, survivor = self.opened(), self.opened("Hello?", external_id="<b>")
        message = self.leaving(case)
        actions.merge(case.pk, into=survivor.pk, by=AGENT, now=later(hours=1, seconds=3))
        begun = {"text": "One thing more.", "is_note": False}
        actions.save_draft(survivor.pk, **begun, by=AGENT, now=later(hours=1, seconds=4))
        actions.take_back(message.pk, by=AGENT, now=later(hours=1, seconds=5))
        draft = Draft.objects.get(case=survivor, person_id=AGENT.id)
        assert draft.text == "We found it.\n\nOne thing more."
        assert Message.objects.get(pk=message.pk).delivery == "taken_back"


class Beside(Cases):
    def test_the_whole_never_pauses_and_after_each_answer_the_next_word_is_due(self):
        case = self.opened()
        whole = self.clock(case, "total")
        self.answered(case)
        first = self.clock(case, "periodic_update")
        self.answered(case, "It goes on.", now=later(hours=2))
        first.refresh_from_db()
        assert first.ended_as == "met"
        actions.wait(case.pk, waits_for="customer", by=AGENT, now=later(hours=3))
        assert self.clock(case, "periodic_update").paused_at == later(hours=3)
        assert self.clock(case, "total").paused_at is None
        actions.take_up(case.pk, by=AGENT, now=later(hours=4))
        self.ready(case)
        actions.resolve(case.pk, by=AGENT, now=later(hours=5))
        assert self.clock(case, "periodic_update").ended_as == "waived", "nothing is left to tell"
        actions.reopen(case.pk, by=AGENT, now=later(hours=30))
        again = self.clock(case, "total")
        assert (again.pk, again.ended_as, again.due_at) == (whole.pk, "", whole.due_at)
        assert arithmetic(again, [], later(hours=30)).endswith("it never pauses.")
