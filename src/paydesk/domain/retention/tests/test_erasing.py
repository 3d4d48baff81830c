"""Somebody is forgotten: refused while anything stands against it; the books, the chain and sums stay."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import connection, transaction
from django.test import TestCase
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Attachment, Case, CaseLink, Draft, Message
from paydesk.domain.contracts.models import Contract
from paydesk.domain.doors.models import Chat, Door, PhoneCall, ProofTry, StatusLink
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.marketplace.actions import take_events
from paydesk.domain.marketplace.models import LinkAttempt, Withdrawal
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.parties.models import Customer, NameWord, Party
from paydesk.domain.quality.csat_models import CsatAnswer, Invitation
from paydesk.domain.refunds.models import Refund
from paydesk.domain.retention import actions, queries
from paydesk.domain.retention.actions.holding import RetentionRefused
from paydesk.domain.retention.models import Erasure, LegalHold, RetentionRun
from paydesk.domain.retention.standing import why_not_erased
from paydesk.domain.text_messages.models import NoticeWish, TextGateway, TextMessage
from paydesk.domain.triage.models import CategoryModel, Suggestion
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit.actions import seal
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.actor import Actor
from paydesk.reporting.invariants import check_all
from tests.browser.people import make_person
from tests.builders import NOON, WORKER, make_contract, make_source_account, receive, row

NAME, PHONE, MAIL = "Adwoa Zzyxmensah", "233244999111", "adwoa@mail.example"
YEARS = timedelta(days=8 * 365)


class Erasing(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.by: dict[str, Actor] = {
            name: make_person(f"{name} Person", name[:2], markets="GH").actor()
            for name in ("SU", "RK", "RK2", "AD")
        }
        cls.contract = make_contract(customer_name=NAME, phones=(PHONE,), deposit_minor=0)
        cls.customer = cls.contract.customer
        cls.who = ("customer", cls.customer.pk)
        cls.account = make_source_account()

    def paid(self, amount: str = "300.00") -> None:
        receive(self.account, row(1, amount, reference=self.contract.account_number, msisdn=PHONE))

    def case(self, **fields: object) -> Case:
        case = cases.open_case(
            market="GH", channel="email", contact=MAIL, contact_name=NAME, text=f"I am {NAME}",
            customer_id=self.customer.pk, by=WORKER, now=NOON,
        )  # fmt: skip
        Case.objects.filter(pk=case.pk).update(
            **{"state": "closed", "resolved_at": NOON, "closed_at": NOON, **fields}
        )
        return Case.objects.get(pk=case.pk)

    def asked(self) -> Erasure:
        return actions.ask_to_erase(self.who, reason="By letter, with ID", by=self.by["SU"], now=NOON)

    def rows_with(self, *words: str) -> list[str]:
        """Every table that still has one of these words in a row."""
        found = []
        for model in (
            Customer,
            Case,
            Message,
            Draft,
            Refund,
            Contract,
            AuditRecord,
            Erasure,
            LegalHold,
            NameWord,
            CsatAnswer,
            Attachment,
            PhoneCall,
            TextMessage,
            ProofTry,
            Goodwill,
            Approval,
            Suggestion,
            Party,
            Withdrawal,
            LinkAttempt,
        ):
            told = serializers.serialize("json", model.objects.all())
            found += [model.__name__ for word in words if word.lower() in told.lower()]
        return found

    def test_it_is_refused_while_something_stands_against_it_which_is_said(self) -> None:
        with pytest.raises(RetentionRefused, match=r"still owe 300\.00 GHS"):
            self.asked()
        self.paid("350.00")
        with pytest.raises(RetentionRefused, match=r"We still hold money of theirs: 50\.00 GHS"):
            self.asked()
        case = self.case(state="in_progress", resolved_at=None, closed_at=None)
        assert any("Cases of theirs are open: CAS-" in each for each in why_not_erased(self.who, NOON.date()))
        actions.place_hold(("case", case.pk), reason="Asked for by the court.", by=self.by["RK"], now=NOON)
        with pytest.raises(RetentionRefused, match="legal hold"):
            self.asked()
        assert not Erasure.objects.exists()

    def test_by_two_people_everything_personal_goes_and_the_checks_stay_green(self) -> None:
        self.paid()
        self.case()
        made = self.asked()
        with pytest.raises(RetentionRefused, match="waits for a second"):
            self.asked()
        done = actions.erase(made.pk, by=self.by["RK"], now=NOON)
        assert done.counts["names"] == done.counts["cases"] == done.counts["phones"] == 1
        assert self.rows_with(NAME, "zzyxmensah", PHONE, MAIL) == []
        assert Customer.objects.get(pk=self.customer.pk).name == "Erased person"
        seal(NOON)
        assert [each for each in check_all(most_rows=5, own_snapshot=False) if each.rows] == []

    def test_what_doors_goodwill_triage_and_the_marketplace_hold_goes_as_well(self) -> None:
        self.paid()
        case = self.case(party_role="seller")
        door = Door.objects.create(kind="phone", name="x", market="GH", key="k", secret_digest="d",
                                   added_by="x", added_at=NOON)  # fmt: skip
        for ext in (f"sip-{PHONE}", "sip-2"):
            PhoneCall.objects.create(door=door, external_id=ext, market="GH", number=PHONE, rang_at=NOON,
                                     state="missed")  # fmt: skip
        chat = Chat.objects.create(door=door, secret_digest="s", case=case, language="en", started_at=NOON,
                                   seen_at=NOON)  # fmt: skip
        gateway = TextGateway.objects.create(
            kind="other", name="x", market="GH", base_url="https://sms.example", sender="x", price=1,
            currency="GHS", most_per_hour=1, most_cost_day=1, added_by="x", added_at=NOON,
        )  # fmt: skip
        TextMessage.objects.create(
            gateway=gateway, case=case, customer=self.customer, kind="code", number=PHONE, parts=1, by="x",
            at=NOON, leaves_at=NOON,
        )  # fmt: skip
        NoticeWish.objects.create(customer=self.customer, noted_by="x", noted_at=NOON)
        ProofTry.objects.create(chat=chat, customer_id=self.customer.pk, held=False, at=NOON)
        StatusLink.objects.create(case=case, kind="case", object_id=case.pk, level="unverified",
                                  language="en", made_by="x", made_at=NOON,
                                  expires_at=NOON + YEARS)  # fmt: skip
        gift = Goodwill.objects.create(
            market="GH", case=case, customer=self.customer, goes_to="credit", amount_minor=1, currency="GHS",
            reason="late", note=f"{NAME} waited", state="undone", asked_by="x", asked_at=NOON,
        )  # fmt: skip
        model = CategoryModel.objects.create(asked_by="x", asked_at=NOON)
        Suggestion.objects.create(
            case=case, model=model, at=NOON, why=f"It says {NAME}",
            top=[{"category": "paying", "confidence": 1, "words": ["zzyxmensah"], "similar": []}],
        )  # fmt: skip
        asked = Invitation.objects.create(
            case=case, market="GH", resolved_at=NOON, made_at=NOON, expires_at=NOON + YEARS
        )
        CsatAnswer.objects.create(invitation=asked, score=4, comment=f"{NAME} says thanks", at=NOON)
        take_events(
            make_source_account(role="evidence").pk,
            [
                Event(1, "E1", "link_attempt", NOON, "S-1", "seller", NAME, "GHS", method="bank",
                      reason_code="name", reason=f"Not of {NAME}"),
                Event(2, "E2", "link_attempt", NOON, "S-2", "merchant", "Zzyx Ltd", "GHS", method="bank"),
            ],
            by=WORKER, now=NOON,
        )  # fmt: skip
        for attempt in LinkAttempt.objects.all():
            CaseLink.objects.create(case=case, kind="link_attempt", object_id=attempt.pk, state="confirmed",
                                    at=NOON)  # fmt: skip
        assert len(set(self.rows_with(NAME, PHONE))) > 5
        done = actions.erase(self.asked().pk, by=self.by["RK"], now=NOON)
        assert self.rows_with(NAME, "zzyxmensah", PHONE, MAIL) == []
        counted = {name: done.counts[name] for name in ("calls", "goodwill", "suggestions", "sellers")}
        assert counted == {"calls": 2, "goodwill": 1, "suggestions": 1, "sellers": 1}
        assert list(Party.objects.order_by("pk").values_list("name", "external_ref")) == [
            ("Erased seller", "S-1"), ("Zzyx Ltd", "S-2"),
        ]  # fmt: skip
        assert CsatAnswer.objects.values_list("score", "comment").get() == (4, "")
        assert ProofTry.objects.get().customer_id is None
        assert (TextMessage.objects.get().state, NoticeWish.objects.count()) == ("failed", 0)
        assert StatusLink.objects.get().withdrawn_at == NOON
        gift.refresh_from_db()
        assert (gift.amount_minor, gift.note) == (1, "Erased")

    def test_something_that_came_up_meanwhile_stops_it(self) -> None:
        self.paid()
        made = self.asked()
        self.case(state="new", resolved_at=None, closed_at=None)
        with pytest.raises(RetentionRefused, match="Cases of theirs are open"):
            actions.erase(made.pk, by=self.by["RK"], now=NOON)
        refused = actions.refuse_erasure(made.pk, reason="A case is open", by=self.by["RK2"], now=NOON)
        assert refused.state == "refused"
        assert Customer.objects.get(pk=self.customer.pk).name == NAME

    def test_a_hold_is_lifted_by_a_second_person(self) -> None:
        hold = actions.place_hold(self.who, reason="Asked for by the court.", by=self.by["RK"], now=NOON)
        with pytest.raises(RetentionRefused, match="You placed it"):
            actions.lift_hold(hold.pk, reason="Over now", by=self.by["RK"], now=NOON)
        with pytest.raises(RetentionRefused, match="on it already"):
            actions.place_hold(self.who, reason="Once again, please.", by=self.by["RK"], now=NOON)
        assert actions.lift_hold(hold.pk, reason="Over now", by=self.by["RK2"], now=NOON).lifted_at == NOON

    def test_the_night_erases_what_is_older_than_its_time_but_what_is_held_and_proves_it(self) -> None:
        old, held, young = self.case(), self.case(), self.case(closed_at=NOON + YEARS)
        Case.objects.update(field_values={"serial": NAME})
        actions.place_hold(("case", held.pk), reason="Asked for by the court.", by=self.by["RK"], now=NOON)
        run = actions.apply_schedule(by=WORKER, now=NOON + YEARS)
        assert run is not None
        assert (run.erased["case_text"], run.held) == (1, {"case_text": 1})
        old.refresh_from_db()
        assert (old.subject, old.contact, old.state) == ("Erased", "", "closed")
        assert old.field_values == {}
        assert Message.objects.get(case=old).text == "Erased"
        for kept in (held, young):
            assert Case.objects.get(pk=kept.pk).contact == MAIL
        assert actions.apply_schedule(by=WORKER, now=NOON + YEARS) is None, "once a day"
        actions.set_retention(
            "case_text", market="GH", keep_days=9 * 365, source="Act 1044, section 32", source_on=NOON.date(),
            by=self.by["AD"], now=NOON,
        )  # fmt: skip
        actions.apply_schedule(by=WORKER, now=NOON + YEARS + timedelta(days=1))
        assert queries.broken_runs() == []
        proof = AuditRecord.objects.filter(verb="retention.applied").latest("pk").changes
        assert proof["hash"] == RetentionRun.objects.latest("number").hash
        RetentionRun.objects.filter(number=1).update(erased={"case_text": 0})
        assert queries.broken_runs() == [1]


@pytest.mark.django_db
@settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    parts=some.lists(some.integers(1, 200_00), min_size=1, max_size=4),
    said=some.lists(some.text(min_size=1, max_size=40).filter(str.strip), max_size=2),
)
def test_whatever_was_paid_and_said_the_sums_are_the_same_afterwards(
    parts: list[int], said: list[str], people: dict[str, Actor]
) -> None:
    with transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True  # verbs open durable ones
        contract = make_contract(deposit_minor=0, phones=(PHONE,))
        left = 300_00
        rows = []
        for n, part in enumerate(parts, 1):
            part = min(part, left)
            left -= part
            if part:
                rows.append(row(n, f"{part // 100}.{part % 100:02}", reference=contract.account_number))
        if left:
            rows.append(row(99, f"{left // 100}.{left % 100:02}", reference=contract.account_number))
        receive(make_source_account(), *rows)
        for text in said:
            made = cases.open_case(
                market="GH", channel="email", contact=MAIL, text=text, customer_id=contract.customer_id,
                by=WORKER, now=NOON,
            )  # fmt: skip
            Case.objects.filter(pk=made.pk).update(state="closed", resolved_at=NOON, closed_at=NOON)
        before = _sums()
        wish = actions.ask_to_erase(
            ("customer", contract.customer_id), reason="By letter", by=people["SU"], now=NOON
        )
        actions.erase(wish.pk, by=people["RK"], now=NOON)
        assert _sums() == before
        assert [each for each in check_all(most_rows=5, own_snapshot=False) if each.rows] == []
        transaction.set_rollback(True)


def _sums() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT json_agg(p ORDER BY p.entry_id, p.leg_no) FROM ledger_posting p")
        return json.dumps(cursor.fetchone()[0])


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    return {role: make_person(f"{role} Person", role, markets="GH").actor() for role in ("SU", "RK")}
