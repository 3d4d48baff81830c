"""Putting a payment right: off a contract, to another customer, taken back, split, undone; old suspense."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from paydesk.domain.payments.models import Payment
from paydesk.foundation.approvals.actions import declare_relation
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.public_codes import code_of
from paydesk.web.approvals.tests.desk import HTMX, WithALead
from paydesk.web.payments.tests.desk import code
from tests.builders import TODAY, make_contract, receive, row


class Correcting(WithALead):
    def setUp(self):
        super().setUp()
        self.payment = self.misdirected()
        self.at = f"/payments/{code(self.payment)}"
        self.con = code_of("CON", self.contract.pk)

    def text(self, path, client=None, **headers):
        answer = (client or self.client).get(path, headers=headers)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def send(self, what, client=None, **said):
        self.payment.refresh_from_db()
        return self.post(
            client or self.client, f"{self.at}/{what}", **{"version": self.payment.version, **said}
        )

    def test_the_page_offers_what_makes_sense_and_says_who_else_can(self):
        page = self.text(f"{self.at}/")
        for label in ("Take off…", "Move…", "Take back…"):
            assert label in page
        for label in ("Split…", "Undo…"):
            assert label not in page, "nothing is open, and nothing of theirs was done"
        seen = self.text(f"{self.at}/", client=self.client_of(self.person("QA")))
        assert "Your role cannot do this. Payments analyst, Support agent or Team lead can." in seen
        assert f'href="{self.at}/take-off"' not in seen

    def test_taking_off_shows_what_changes_and_looking_changes_nothing(self):
        page = self.text(f"{self.at}/take-off")
        for words in ("Take 150.00 GHS off 10482937", "Days past due", "Unapplied cash", "Unlocked through"):
            assert words in page, words
        self.payment.refresh_from_db()
        assert self.payment.allocated_minor == 150_00
        assert not AuditRecord.objects.filter(verb="payment.unapplied").exists()
        answer = self.send("take-off", contract=self.con)
        assert "Took 150.00 GHS off 10482937" in answer["HX-Trigger"]
        self.payment.refresh_from_db()
        assert (self.payment.allocated_minor, self.payment.open_minor) == (0, 150_00)

    def test_a_stale_second_press_and_a_wrong_role_change_nothing(self):
        assert self.post(self.client, f"{self.at}/take-off", contract=self.con, version=99).status_code == 409
        assert self.send("take-off", contract=self.con).status_code == 200
        assert self.send("take-off", contract=self.con).status_code == 409
        officer = self.client_of(self.person("CO"))
        for what in ("take-off", "split", "undo", "take-back"):
            assert self.send(what, client=officer, note="x").status_code == 403
        quality = self.client_of(self.person("QA"))
        to = code_of("CON", self.other.pk)
        assert self.send("move", client=quality, contract=to, note="x").status_code == 403
        assert not Approval.objects.exists()
        assert AuditRecord.objects.filter(verb="payment.unapplied").count() == 1

    def test_z_undoes_ones_own_last_act_and_only_that(self):
        self.send("take-off", contract=self.con)
        assert "Undo…" in self.text(f"{self.at}/")
        assert "Undo…" not in self.text(f"{self.at}/", client=self.as_support)
        assert "Took 150.00 GHS off a contract" in self.text(f"{self.at}/undo")
        assert self.send("undo", client=self.as_support).status_code == 409
        assert self.send("undo").status_code == 200
        self.payment.refresh_from_db()
        assert self.payment.allocated_minor == 150_00
        assert self.send("undo").status_code == 409
        page = self.text(f"{self.at}/")
        assert "Undid: took the payment off a contract" in page

    def test_a_move_is_asked_with_its_effects_and_waits_on_the_payment(self):
        found = self.text(f"{self.at}/move?q=kofi", **{**HTMX, "HX-Target": "apply-found"})
        assert "20482945" in found
        to = code_of("CON", self.other.pk)
        page = self.text(f"{self.at}/move?contract={to}")
        for words in ("Ask to move 150.00 GHS", "Ama Mensah", "Kofi Boateng", "Days past due"):
            assert words in page, words
        assert self.send("move", contract=to, note="").status_code == 422
        assert self.send("move", contract=to, note="They said so").status_code == 200
        page = self.text(f"{self.at}/")
        for words in ("waits for a second person", "They said so", "A move is asked for already."):
            assert words in page, words
        assert "AN Person asked to move it to another customer" in page
        assert self.send("move", contract=to, note="again").status_code == 409
        assert Approval.objects.count() == 1

    def test_to_the_same_customer_it_is_no_move(self):
        own = make_contract(customer_ref="C-own", customer_name="Own", account_number="30482937")
        payment = self.pay("20.00", reference="30482937", line=5)
        page = self.text(f"/payments/{code(payment)}/move?contract={code_of('CON', own.pk)}")
        assert "It belongs to this customer already." in page

    def test_taking_back_names_the_amount_and_needs_a_reason(self):
        page = self.text(f"{self.at}/take-back")
        assert "Ask to take back 150.00 GHS" in page
        part = self.text(f"{self.at}/take-back?amount=20", **{**HTMX, "HX-Target": "take-back-preview"})
        assert "Ask to take back 20.00 GHS" in part
        assert "Between the smallest unit" in self.text(f"{self.at}/take-back?amount=151")
        assert self.send("take-back", amount="151", note="x").status_code == 422
        assert self.send("take-back", amount="20", note="Twice").status_code == 200
        approval = Approval.objects.get()
        assert (approval.kind, approval.amount_minor) == ("payment.reverse", 20_00)
        assert self.post(self.as_lead, self.path(approval, "approve")).status_code == 200
        self.payment.refresh_from_db()
        assert (self.payment.reversed_minor, self.payment.state) == (20_00, "received")
        page = self.text(f"{self.at}/")
        assert "Taken back" in page
        assert "TL Person approved it" in page

    def test_an_earlier_day_is_asked_for_with_the_days_in_between(self):
        day = self.payment.value_on - timedelta(days=9)
        assert "Backdate…" in self.text(f"{self.at}/")
        shown = self.text(f"{self.at}/backdate?counts_on={day:%Y-%m-%d}")
        assert "Days past due at most, " in shown
        assert f"Ask to count 150.00 GHS from {day.day} {day:%b %Y}" in shown
        later = self.text(
            f"{self.at}/backdate?counts_on={self.payment.value_on + timedelta(days=1):%Y-%m-%d}"
        )
        assert "never from a later one" in later
        assert self.send("backdate", counts_on="never", note="x").status_code == 422
        answer = self.send("backdate", counts_on=f"{day:%Y-%m-%d}", note="The provider was down")
        assert "A second person decides" in answer["HX-Trigger"]
        approval = Approval.objects.get(kind="payment.backdate")
        seen = self.text(f"/approvals/?open={code_of('APR', approval.pk)}", client=self.as_lead)
        assert "Would count from" in seen
        assert "look at what shows that it was earlier" in seen
        assert "An earlier day is asked for already." in self.text(f"{self.at}/")
        assert self.send("put-back", note="x").status_code == 409, "nothing of it was taken back"
        assert (
            self.send("backdate", client=self.as_lead, counts_on=f"{day:%Y-%m-%d}", note="x").status_code
            == 403
        )

    def test_a_reversal_of_ours_is_undone_from_the_page(self):
        self.send("take-back", note="Posted by mistake")
        taken = Approval.objects.get(kind="payment.reverse")
        self.post(self.as_lead, self.path(taken, "approve"))
        page = self.text(f"{self.at}/")
        assert "Undo the reversal…" in page
        assert "Take back…" not in page
        assert "Ask to put 150.00 GHS back" in self.text(f"{self.at}/put-back")
        assert "A second person decides" in self.send("put-back", note="It was right")["HX-Trigger"]
        asked = Approval.objects.get(kind="payment.reinstate")
        assert "Approve: put back 150.00 GHS" in self.text(self.path(asked, "approve"), client=self.as_lead)
        self.post(self.as_lead, self.path(asked, "approve"))
        page = self.text(f"{self.at}/")
        assert "Stands again: our reversal was undone" in page
        assert "Undo the reversal…" not in page

    def test_who_is_close_to_the_account_does_not_act_on_it(self):
        declare_relation(
            self.support.pk, party=("customer", self.contract.customer_id), by=self.support.actor(),
            now=timezone.now(),
        )  # fmt: skip
        answer = self.send("take-off", client=self.as_support, contract=self.con)
        assert answer.status_code == 409
        assert "close to this account" in answer.content.decode()
        assert "close to this account" in self.text(f"{self.at}/take-off", client=self.as_support)

    def test_a_relative_who_pays_for_two_is_split_over_both(self):
        payment = self.pay("80.00", reference="for both", line=6)
        at = f"/payments/{code(payment)}/split"
        two = [self.con, code_of("CON", self.other.pk)]
        assert two[1] in self.text(f"{at}?contract={two[0]}&q=kofi")
        query = f"contract={two[0]}&contract={two[1]}&amount-{two[0]}=30&amount-{two[1]}=50"
        page = self.text(f"{at}?{query}")
        for words in ("Split 80.00 GHS over 2 contracts", "10482937", "20482945", "Who paid"):
            assert words in page, words
        over = self.text(f"{at}?{query}0")
        assert "more than what is open" in over
        said = {
            "contract": two,
            f"amount-{two[0]}": "30",
            f"amount-{two[1]}": "x",
            "version": payment.version,
        }
        assert self.client.post(at, said, headers=HTMX).status_code == 422
        said |= {f"amount-{two[1]}": "50", "payer": code_of("CUS", self.other.customer_id)}
        answer = self.client.post(at, said, headers=HTMX)
        assert "Split 80.00 GHS over 2 contracts." in answer["HX-Trigger"]
        payment.refresh_from_db()
        assert (payment.customer_id, payment.open_minor) == (self.other.customer_id, 0)
        assert self.client.post(at, said, headers=HTMX).status_code == 409
        assert self.client.post(at.replace("split", "undo"), {}, headers=HTMX).status_code == 200
        payment.refresh_from_db()
        assert (payment.customer_id, payment.open_minor) == (None, 80_00)
        page = self.text(f"/payments/{code(payment)}/")
        assert "Back in suspense: Kofi Boateng was not the payer" in page

    def test_a_moved_payment_tells_both_ways_in_order(self):
        approval = self.asked_move(self.payment)
        self.post(self.as_lead, self.path(approval, "approve"), note="")
        page = self.text(f"{self.at}/")
        places = [
            page.index(words)
            for words in ("Payer: Ama Mensah", "SU Person asked to move it", "TL Person approved it")
        ]
        assert places == sorted(places)
        assert "Moved from Ama Mensah to Kofi Boateng" in page
        assert "Moved the payment to another customer" in page

    def test_more_of_everything_costs_no_more_queries(self):
        self.text(f"{self.at}/")
        with CaptureQueriesContext(connection) as before:
            self.text(f"{self.at}/")
        self.asked_move(self.payment)
        self.post(self.as_lead, self.path(Approval.objects.get(), "approve"), note="")
        with CaptureQueriesContext(connection) as after:
            self.text(f"{self.at}/")
        # One more: names are asked for as soon as a person stands in the story.
        assert len(after) <= len(before) + 1


class OldSuspense(WithALead):
    def setUp(self):
        super().setUp()
        before = timezone.now() - timedelta(days=40)
        (self.payment,) = receive(
            self.account, row(1, "60.00", reference="who?", booked_on=TODAY), now=before
        )
        self.at = f"/payments/{code(self.payment)}/apply"
        self.choice = {"contract": code_of("CON", self.contract.pk), "version": self.payment.version}

    def test_one_person_asks_the_other_applies(self):
        page = self.client.get(f"{self.at}?contract={self.choice['contract']}").content.decode()
        assert "has been in suspense for 40 days" in page
        assert "Ask a second person to apply 60.00 GHS" in page
        assert "Apply 60.00 GHS to 10482937</button>" not in page
        refused = self.post(self.client, self.at, **self.choice)
        assert refused.status_code == 422
        assert "Ask a second person to apply" in refused.content.decode()
        assert Payment.objects.get().customer_id is None
        assert self.post(self.client, self.at, ask="1", note=" ", **self.choice).status_code == 409
        assert self.post(self.client, self.at, ask="1", note="Same phone", **self.choice).status_code == 200
        page = self.client.get(f"{self.at}?contract={self.choice['contract']}").content.decode()
        assert "asked for already" in page
        approval = Approval.objects.get()
        shown = self.as_lead.get(f"/approvals/?open={code_of('APR', approval.pk)}").content.decode()
        for words in ("Money to apply", "Same phone", "in suspense for 40 days", "10482937"):
            assert words in shown, words
        assert self.post(self.client, self.path(approval, "approve")).status_code == 409
        assert self.post(self.as_lead, self.path(approval, "approve")).status_code == 200
        payment = Payment.objects.get()
        assert (payment.customer_id, payment.open_minor) == (self.contract.customer_id, 0)
