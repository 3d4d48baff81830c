"""One thing of most kinds that a page can be about, made by the verbs of the desk."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.disputes.actions import open_dispute
from paydesk.domain.goodwill.actions import give_goodwill
from paydesk.domain.improvements.actions import propose_improvement
from paydesk.domain.incidents.actions import propose
from paydesk.domain.marketplace.actions import ask_platform, take_events, tell_platform
from paydesk.domain.marketplace.models import LinkAttempt, SellerOrder, Withdrawal
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.parties.models import Party
from paydesk.domain.payments.models import Payment, ReversalRow
from paydesk.domain.providers.actions import open_callbacks
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.refunds.actions import approve_refund, request_refund, request_release
from paydesk.domain.refunds.queries import code as refund_code
from paydesk.domain.reversal_requests.actions import record_request
from paydesk.domain.routing.actions import save_rule
from paydesk.foundation.approvals.actions import declare_relation
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.assignments.actions import add_note
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.people.models import Person
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.books.actions.days import ask_to_close
from paydesk.web.quality.tests.building import policy_in_force, review_of
from tests.builders import ghs, make_source_account, receive_today, row
from tests.one_of_case import Places, case_by_mail, one_of_case, one_of_doors, one_of_incident
from tests.one_of_money import one_of_money
from tests.one_of_risk import one_of_risk


def one_of_each(
    people: dict[str, Person], account: SourceAccount, payment: Payment
) -> tuple[dict[str, str], dict[str, int], Places]:
    """What there is about a payment and its account: codes by kind, ids by the name of a route's argument,
    and what stands at one place of one route alone."""
    now = timezone.now()
    support, analyst, lead, admin = (people[role].actor() for role in ("SU", "AN", "TL", "AD"))

    def refund(amount: str) -> Approval:
        request_refund(
            payment.pk, amount=ghs(amount), reason="overpaid", note="x", payee_kind="payer",
            payee_name="Ama Mensah", payee_account="233244123456", rail="mobile_money",
            again=True, by=support, now=now,
        )  # fmt: skip
        return Approval.objects.latest("pk")

    paid_out = approve_refund(refund("5.00").pk, by=lead, now=now)
    payout = request_release(
        [paid_out.pk], source_account_id=account.pk, format="mobile_money_csv", by=analyst, now=now
    )
    waits = refund("4.00")
    (unknown,) = receive_today(account, row(2, "7.00", reference="nobody"))
    asked = record_request(
        unknown.pk, amount=Money(7_00, "GHS"), case_number="RV-1", reason="duplicate", requested_at=now,
        by=support, now=now,
    )  # fmt: skip
    contested = open_dispute(
        payment.pk,
        amount=ghs("1.00"),
        provider_ref="CB-1",
        scheme="visa",
        reason_code="13.1",
        notice_on=now.date(),
        by=support,
        now=now,
    )
    receive_today(account, row(3, "-3.00", kind="reversal", reference="nothing of ours"))
    closing = ask_to_close("GH", (now - timedelta(days=2)).date(), reason="x", by=analyst, now=now)
    endpoint = open_callbacks(account.pk, dialect="hubtel", by=analyst, now=now)
    note = add_note(
        ("payment", unknown.pk), market="GH", text="Asked.", today=now.date(), by=analyst, now=now
    )
    close_to = declare_relation(people["QA"].pk, party=("customer", 1), by=admin, now=now)
    cases.save_field("", label="Serial number", type="text", by=admin, now=now)
    case, box = case_by_mail(people, now)
    policy = policy_in_force(people, now)
    troubled = cases.open_case(
        market="GH", channel="phone", text="x", customer_id=payment.customer_id, by=support, now=now
    )
    cases.verify(troubled.pk, strong_way="callback", by=support, now=now)
    market = make_source_account(name="Market", role="evidence")
    take_events(
        market.pk,
        [
            Event(
                1, "E1", "withdrawal_requested", now, "S-1", "seller", "", "GHS", 100, withdrawal_ref="W-1"
            ),
            Event(2, "E2", "order_paid", now, "S-1", "seller", "", "GHS", 100, order_ref="O-1"),
            Event(3, "E3", "link_attempt", now, "S-1", "seller", "", "GHS", method="bank"),
        ],
        by=analyst,
        now=now,
    )
    withdrawal = Withdrawal.objects.get()
    ask = ask_platform(
        "where", withdrawal.party_id, withdrawal_id=withdrawal.pk, reason="It is late.", by=support, now=now
    )
    tell_platform("GH", by=analyst, now=now)
    side = cases.open_side(troubled.pk, with_whom="finance", subject="x", text="x", by=support, now=now)
    given = give_goodwill(
        troubled.pk, amount=ghs("1.00"), reason="late", note="x", contract_id=None, by=support, now=now
    )
    incident = propose("GH", title="Late", why="x", case_ids=[case.pk], by=support, now=now)
    improvement = propose_improvement("GH", title="x", problem="x", expected="x", by=support, now=now)
    codes = {
        "incident": code_of("INC", incident.pk),
        "improvement": code_of("IMP", improvement.pk),
        "troubled": code_of("CAS", troubled.pk),
        "goodwill": code_of("GWL", given.pk),
        "side": code_of("SID", side.pk),
        "seller": code_of("SEL", Party.objects.get().pk),
        "withdrawal": code_of("WDL", withdrawal.pk),
        "order": code_of("SOR", SellerOrder.objects.get().pk),
        "link_attempt": code_of("LNK", LinkAttempt.objects.get().pk),
        "case": code_of("CAS", case.pk),
        "review": code_of("QAR", review_of(people, case.pk, now).pk),
        "article": code_of("ART", policy.article_id),
        "refund": refund_code(paid_out),
        "payout_file": code_of("POF", payout.pk),
        "approval": code_of("APR", waits.pk),
        "reversal_request": code_of("RVR", asked.pk),
        "dispute": code_of("DSP", contested.pk),
        "reversal_row": code_of("TKB", ReversalRow.objects.get(state="open").pk),
        "clock": code_of("CLK", Clock.objects.filter(ended_at=None).latest("pk").pk),
        "payment": code_of("PAY", unknown.pk),
    }
    ids = {
        "note_id": note.pk,
        "mailbox_id": box.pk,
        "account_id": account.pk,
        "closing_id": closing.pk,
        "exam_id": policy.exam.pk,
        "ask_id": ask.pk,
        "relation_id": close_to.pk,
        "clock_id": Clock.objects.filter(ended_at=None).latest("pk").pk,
    }
    places = {
        **one_of_case(people, case, payment, now),
        **one_of_doors(people, case, payment, now),
        **one_of_incident(people, incident, case, now),
        **one_of_money(people, account, endpoint, now),
        ("routing/rule/", "rule_id"): save_rule(place=1, team_id=None, by=lead, now=now).pk,
        ("routing/people/", "person_id"): people["SU"].pk,
    }
    risk_codes, risk_ids = one_of_risk(people, case, payment, now)
    return codes | risk_codes, ids | risk_ids, places
