"""Owners, notes, plans, asking, many at once, views of lists: as the screens offer them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.actions import apply_payment
from paydesk.domain.payments.models import Payment
from paydesk.foundation.assignments.actions import assign
from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.assignments.queries import assignment_of
from paydesk.foundation.people.models import Person
from paydesk.foundation.saved_views.models import SavedView
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.builders import ANALYST, NOON, make_contract, make_source_account, receive_today, row
from tests.pages import without_secrets


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


class Desk(OnTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.old, self.new = receive_today(
            self.account,
            *[
                row(
                    n,
                    f"{n}0.00",
                    reference="who?",
                    payer_name="KOFI",
                    booked_on=timezone.localdate() - timedelta(days=days),
                )
                for n, days in ((1, 5), (2, 0))
            ],
        )
        self.me = Person.objects.get(email="an-gh@desk.example")

    def post(self, path: str, **data: object) -> int:
        return self.client.post(path, data).status_code

    def shown(self, path: str) -> list[str]:
        return [row.each.code for row in self.client.get(path).context["page"]]


class Work(Desk):
    def test_taking_it_shows_everywhere_and_a_page_from_before_is_refused(self):
        lead = self.signed_in("TL")
        assert "needs an owner" in self.get(f"/suspense/?open={code(self.old)}")
        assert self.post(f"/work/{code(self.old)}/take", version=0) == 302
        assert self.post(f"/work/{code(self.old)}/take", version=0) == 302
        assert "<b>Yours</b>" in self.get(f"/payments/{code(self.old)}/")
        assert lead.post(f"/work/{code(self.old)}/take", {"version": 0}).status_code == 409
        assert assignment_of(("payment", self.old.pk)).owner == self.me
        assert self.post(f"/work/{code(self.old)}/let-go", version=1) == 302
        assert assignment_of(("payment", self.old.pk)).owner is None

    def test_whose_narrows_the_list_its_ages_and_its_export(self):
        assign(("payment", self.new.pk), market="GH", owner_id=self.me.pk, by=self.me.actor(), now=NOON)
        assert self.shown("/suspense/?whose=mine") == [code(self.new)]
        assert self.shown("/suspense/?whose=nobodys") == [code(self.old)]
        assert self.shown("/suspense/?whose=needed") == [code(self.old)]
        assert self.shown("/suspense/?whose=late") == []
        Assignment.objects.update(next_step="Ask", next_step_on=timezone.localdate() - timedelta(days=1))
        assert self.shown("/suspense/?whose=late") == [code(self.new)]
        csv = b"".join(self.client.get("/suspense/export.csv?whose=late").streaming_content).decode()
        assert code(self.new) in csv
        assert code(self.old) not in csv

    def test_a_note_stands_beside_and_may_plan(self):
        path = f"/work/{code(self.old)}/note"
        data = {"text": "Pays for her brother.", "next_step": "Call back", "next_step_on": in_days(1)}
        assert self.post(path, **data) == 302
        assert self.post(path, **data) == 302
        page = self.get(f"/suspense/?open={code(self.old)}")
        assert page.count("Pays for her brother.") == 1
        assert "Call back" in page
        assert self.post(path, text="Card 4111 1111 1111 1111") == 409
        assert self.post(path, text="") == 200
        assert Note.objects.count() == 1

    def test_a_note_is_erased_by_who_may_and_only_where_it_stands(self):
        self.post(f"/work/{code(self.old)}/note", text="A secret")
        number = Note.objects.get().pk
        lead = self.signed_in("TL")
        assert self.client.post(f"/work/{code(self.old)}/notes/{number}/erase").status_code == 403
        assert lead.post(f"/work/{code(self.new)}/notes/{number}/erase").status_code == 404
        assert lead.post(f"/work/{code(self.old)}/notes/{number}/erase").status_code == 302
        assert "A secret" not in self.get(f"/suspense/?open={code(self.old)}")

    def test_asking_the_payer_gives_a_text_with_our_reference_and_waits_two_days(self):
        path = f"/work/{code(self.old)}/ask-payer"
        page = self.get(path)
        assert f"Our reference: {code(self.old)}" in page
        assert "10.00" in page
        assert self.post(path) == 302
        planned = assignment_of(("payment", self.old.pk))
        assert (planned.owner, planned.next_step_on) == (self.me, timezone.localdate() + timedelta(days=2))

    def test_only_a_lead_gives_and_an_auditor_looks(self):
        lead = self.signed_in("TL")
        path = f"/work/{code(self.old)}/give"
        assert self.client.get(path).status_code == 403
        assert lead.post(path, {"owner": self.me.pk, "version": 0}).status_code == 302
        assert assignment_of(("payment", self.old.pk)).owner == self.me
        auditor = self.signed_in("AU")
        page = without_secrets(auditor.get(f"/suspense/?open={code(self.old)}"))
        assert "works on it" in page
        assert "Your role cannot do this" in page
        assert auditor.post(f"/work/{code(self.old)}/take", {"version": 1}).status_code == 403

    def test_things_of_other_markets_are_not_there(self):
        (hidden,) = receive_today(
            make_source_account(market="KE", currency="KES"), row(1, "9.00", currency="KES")
        )
        for path in (f"/work/{code(hidden)}/note", f"/work/{code(hidden)}/plan", "/work/PAY-0000000/note"):
            assert self.client.get(path).status_code == 404
        assert self.client.get("/work/chosen/assign", {"code": code(hidden)}).status_code == 409
        assert not Assignment.objects.exists()


class ManyAtOnce(Desk):
    def unapplied(self, amount: str) -> Payment:
        (payment,) = receive_today(self.account, row(9, amount, reference="what?"))
        return apply_payment(
            payment.pk, customer_id=self.contract.customer_id, contract_id=None, by=ANALYST, now=NOON
        )

    def test_all_that_is_chosen_is_assigned_and_planned(self):
        codes = [code(self.old), code(self.new)]
        page = self.get(f"/work/chosen/assign?code={codes[0]}&code={codes[1]}")
        assert "2 chosen" in page
        assert "(me)" in page
        done = self.client.post("/work/chosen/assign", {"code": codes, "owner": self.me.pk})
        assert done.context["done_count"] == 2
        planned = {"code": codes, "next_step": "Ask the provider", "next_step_on": in_days(2)}
        assert self.client.post("/work/chosen/plan", planned).context["done_count"] == 2
        assert Assignment.objects.filter(owner=self.me, next_step="Ask the provider").count() == 2
        assert self.client.get("/work/chosen/plan").status_code == 409

    def test_each_goes_to_its_only_contract_as_shown_and_the_others_say_why_not(self):
        first, second = self.unapplied("200.00"), self.unapplied("150.00")
        codes = [code(p) for p in (first, second, self.new)]
        rows = self.client.get("/work/chosen/apply", {"code": codes}).context["rows"]
        applied = {each: (str(target.applied), str(target.left)) for each, target, _ in rows}
        assert applied[code(first)] == ("200.00 GHS", "0.00 GHS")
        assert applied[code(second)] == ("100.00 GHS", "50.00 GHS"), "the first takes its part before"
        assert rows[2][1].contract is None
        data = {"code": codes} | {
            f"to-{each}": f"{target.contract.pk}.{target.payment.version}"
            for each, target, _ in rows
            if target.contract
        }
        result = self.client.post("/work/chosen/apply", data)
        assert [each.is_done for each in result.context["outcomes"]] == [True, True, False]
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.open_minor, second.open_minor, second.credited_minor) == (0, 0, 5000)
        again = self.client.post("/work/chosen/apply", data)
        assert again.context["done_count"] == 0
        second.refresh_from_db()
        assert second.allocated_minor == 10000

    def test_two_contracts_are_a_choice_and_applying_needs_the_right(self):
        payment = self.unapplied("20.00")
        make_contract(customer_ref=self.contract.customer.external_ref, account_number="20482937")
        ((_, target, _),) = self.client.get("/work/chosen/apply", {"code": code(payment)}).context["rows"]
        assert target.why_not == "2 contracts are possible: choose between them."
        assert self.signed_in("AU").get("/work/chosen/apply", {"code": code(payment)}).status_code == 403

    def test_the_chosen_are_exported(self):
        csv = b"".join(
            self.client.get("/work/chosen/export.csv", {"code": code(self.old)}).streaming_content
        ).decode()
        assert code(self.old) in csv
        assert code(self.new) not in csv

    def test_the_number_of_queries_of_the_preview_does_not_grow_with_known_payers(self):
        codes = [code(self.unapplied("5.00")) for _ in range(4)]
        self.client.get("/work/chosen/apply", {"code": codes[:2]})
        with self.assertNumQueries(17):
            self.client.get("/work/chosen/apply", {"code": codes[:2]})
        with self.assertNumQueries(17):
            self.client.get("/work/chosen/apply", {"code": codes})

    def test_ones_own_last_act_is_undone_by_asking_or_said_why_not(self):
        assert "You did nothing to a payment lately" in self.get("/work/undo")
        payment = self.unapplied("20.00")
        apply_payment(
            payment.pk, customer_id=self.contract.customer_id, contract_id=self.contract.pk,
            by=self.me.actor(), now=NOON,
        )  # fmt: skip
        answer = self.client.get("/work/undo")
        assert answer.url.startswith(f"/payments/{code(payment)}/undo")
        self.client.post(answer.url)
        payment.refresh_from_db()
        assert payment.open_minor == 2000
        assert "cannot be undone by a key" in self.get("/work/undo")


class OnHome(Desk):
    def counts(self) -> dict[str, int]:
        return {line.url: line.count for line in self.client.get("/").context["lines"]}

    def test_each_count_opens_its_rows(self):
        apply_payment(
            self.old.pk, customer_id=self.contract.customer_id, contract_id=None, by=ANALYST, now=NOON
        )
        counts = self.counts()
        for url in ("/unapplied/?whose=needed", "/suspense/?whose=needed", "/unapplied/?locked=1"):
            assert counts[url] == len(self.shown(url)), url
        assert counts["/unapplied/?whose=needed"] == 1
        DueItem.objects.filter(contract=self.contract).update(due_on=timezone.localdate() + timedelta(days=9))
        assert self.shown("/unapplied/?locked=1") == []
        DueItem.objects.filter(contract=self.contract).update(due_on=timezone.localdate() - timedelta(days=9))
        assert self.shown("/unapplied/?locked=1") == [code(self.old)]
        assert self.counts()["/unapplied/?locked=1"] == 1


class Views(Desk):
    def test_a_view_is_named_seen_first_and_deleted(self):
        assert self.post("/work/views/suspense/save", name="Old", query="age=1&whose=mine&page=3") == 302
        view = SavedView.objects.get()
        assert view.query == "age=1&whose=mine"
        page = self.get("/suspense/?age=1&whose=mine")
        assert ">Old</a>" in page
        assert self.post(f"/work/views/{view.pk}/first", first="1") == 302
        assert self.client.get("/suspense/").url == f"/suspense/?age=1&whose=mine&view={view.pk}"
        assert self.shown("/suspense/?view=all") == [code(self.old), code(self.new)]
        assert "Old" not in without_secrets(self.signed_in("TL").get("/suspense/"))
        assert self.post(f"/work/views/{view.pk}/delete") == 302
        assert self.client.get("/suspense/").status_code == 200

    def test_only_a_lead_shares_and_other_lists_have_no_views(self):
        assert self.post("/work/views/suspense/save", name="All of us", is_shared="on") == 403
        lead = self.signed_in("TL")
        data = {"name": "All of us", "query": "age=4", "is_shared": "on"}
        assert lead.post("/work/views/suspense/save", data).status_code == 302
        assert "All of us" in self.get("/suspense/")
        assert self.client.get("/work/views/contracts/save").status_code == 404
