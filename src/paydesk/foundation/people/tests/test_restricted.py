"""What named people alone see: taken out of lists and the trail, known to verbs, each look written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import TestCase

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import case_for, cases, counts, found_by, link_pairs, others_about_the_same
from paydesk.foundation.audit.queries import trail
from paydesk.foundation.clocks.queries import clocks_due
from paydesk.foundation.people import restricted
from paydesk.foundation.people.restricted import RestrictedRefused
from tests.browser.people import make_person
from tests.builders import NOON, WORKER


class RestrictedCase(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        risk, lead = (make_person(f"{role} Person", role, markets="GH") for role in ("RK", "TL"))
        cls.risk, cls.lead = risk.actor(), lead.actor()
        cls.case = actions.open_case(
            market="GH", channel="email", contact="ama@mail.example", text="The agent took my PIN", by=WORKER,
            now=NOON,
        )  # fmt: skip
        actions.make_commitment(
            cls.case.pk, text="Call back", due_at=NOON + timedelta(hours=3), by=cls.risk, now=NOON
        )
        made = cls.case.commitments.get().pk
        with transaction.atomic():
            restricted.begin(
                ("case", cls.case.pk), market="GH", along=[("commitment", made)], named=[risk.pk],
                by=cls.risk, at=NOON,
            )  # fmt: skip

    def test_nobody_else_finds_it_in_any_list_or_count(self) -> None:
        for actor, sees in ((self.risk, 1), (self.lead, 0), (WORKER, 1)):
            assert cases(actor).count() == sees
            assert found_by(cases(actor), "PIN").count() == sees
            assert counts(actor, NOON)["team"] == sees
            about_it = trail(actor, subject_kind="case").count()
            assert bool(about_it) == bool(sees), "the trail of it is hidden as well"
        assert [clock.subject_kind for clock in clocks_due(self.lead, NOON, {})] == []
        other = actions.open_case(market="GH", channel="phone", text="x", by=WORKER, now=NOON)
        assert others_about_the_same(self.lead, other, link_pairs(other.pk, confirmed=False)) == []

    def test_whoever_has_its_code_is_told_that_it_is_restricted_and_no_more(self) -> None:
        with pytest.raises(RestrictedRefused, match="named for it"):
            case_for(self.lead, self.case.pk)
        with pytest.raises(RestrictedRefused):
            actions.add_note(self.case.pk, text="What is this?", by=self.lead, now=NOON)
        with pytest.raises(RestrictedRefused):
            actions.save_draft(self.case.pk, text="What", is_note=True, by=self.lead, now=NOON)
        assert case_for(self.risk, self.case.pk) == self.case
        with pytest.raises(Case.DoesNotExist):
            case_for(self.lead, self.case.pk + 1)

    def test_a_look_is_in_the_trail_once_a_quarter_of_an_hour(self) -> None:
        for minutes in (0, 5, 20):
            with transaction.atomic():
                restricted.looked_at(self.risk, "case", self.case.pk, NOON + timedelta(minutes=minutes))
        assert trail(self.risk, verb="case.restricted_opened").count() == 2

    def test_the_customer_is_still_heard_and_what_is_promised_later_is_hidden_too(self) -> None:
        actions.receive_message(self.case.pk, channel="email", text="More", by=WORKER, now=NOON)
        due = NOON + timedelta(hours=5)
        later = actions.make_commitment(self.case.pk, text="Write", due_at=due, by=self.risk, now=NOON)
        assert not restricted.may_read(self.lead, "commitment", later.pk)

    def test_once_it_ends_everybody_of_the_market_sees_it(self) -> None:
        view = restricted.view_of("case", self.case.pk)
        assert view is not None
        restricted.end(view, by=self.risk, at=NOON)
        assert case_for(self.lead, self.case.pk) == self.case
