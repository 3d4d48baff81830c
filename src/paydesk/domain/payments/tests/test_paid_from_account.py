"""A bank account in a message finds what was paid from it: weak by its end alone, never of somebody else."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases.actions import open_case
from paydesk.domain.cases.asks import named_by_account, references_in
from paydesk.domain.cases.models import CaseLink
from paydesk.domain.payments.queries.by_account import paid_from_account, paid_from_end
from tests.builders import ANALYST, NOON, TODAY, WORKER, make_contract, make_source_account, receive, row

IBAN = "GB82WEST12345698765432"
OTHER = "DE89370400440532013000"
MASKED = "GB82 **** **** **** **54 32"


class PaidFrom(TestCase):
    def setUp(self):
        self.bank = make_source_account(provider="bank")
        self.contract, self.other = make_contract(), make_contract()

    def paid(self, amount="50.00", *, of=None, account=IBAN, days_ago=0, **fields):
        on = TODAY - timedelta(days=days_ago)
        of = of or self.contract
        (payment,) = receive(
            self.bank,
            row(1, amount, reference=of.account_number, account=account, value_on=on, **fields),
        )
        return payment

    def found(self, text, *, of=None, by=ANALYST, market="GH"):
        references = named_by_account(text, by, market, customer_id=of and of.customer_id, today=TODAY)
        return {each.link[1]: (each.found_as, each.is_certain) for each in references}

    def test_of_the_customer_the_end_alone_is_weak_and_finds_the_newest(self):
        old, *rest = [self.paid(days_ago=days) for days in (9, 6, 3, 1)]
        found = self.found("from my account ending 5432", of=self.contract)
        assert found == {each.pk: ("end of a bank account alone: weak", False) for each in rest}
        assert old.pk not in found

    def test_amount_or_day_make_it_strong_and_leave_the_others_out(self):
        self.paid("50.00", days_ago=5)
        meant = self.paid("75.00", days_ago=2)
        day = f"{TODAY - timedelta(days=2):%-d %B %Y}"
        for text, words in (
            ("75.00 from the account ending 5432", "end of a bank account and amount"),
            (f"se terminant par 5432, on {day}", "end of a bank account and day"),
            (f"akaunti inayoishia na 5432: 75 on {day}", "end of a bank account, amount and day"),
        ):
            assert self.found(text, of=self.contract) == {meant.pk: (words, True)}, text

    def test_a_masked_account_of_the_ledger_is_found_by_its_end_and_by_the_whole(self):
        masked = self.paid("60.00", account=MASKED)
        assert self.found("account ****5432, 60.00", of=self.contract)[masked.pk][1]
        assert self.found(f"IBAN {IBAN}", of=self.contract)[masked.pk] == (
            "end of a bank account alone: weak", False
        )  # fmt: skip

    def test_four_digits_alone_never_find_what_somebody_else_paid(self):
        self.paid()
        assert self.found("account ending 5432") == {}
        assert self.found("account ending 5432", of=self.other) == {}

    def test_of_anybody_amount_or_day_find_it_where_one_payment_alone_agrees(self):
        payment = self.paid("75.00")
        assert self.found("75.00 from account ending 5432") == {
            payment.pk: ("end of a bank account and amount", True)
        }
        self.paid("75.00", of=self.other, account="GB11WEST12345600005432", days_ago=1)
        assert self.found("75.00 from account ending 5432") == {}
        day = f"{TODAY:%-d %B}"
        assert list(self.found(f"75.00 from account ending 5432 on {day}")) == [payment.pk]

    def test_a_whole_iban_is_the_account_itself_whoever_says_it(self):
        mine = self.paid()
        self.paid(of=self.other, account=OTHER)
        assert self.found(f"I paid from {IBAN}") == {mine.pk: ("bank account", True)}
        self.paid(days_ago=2)
        assert set(self.found(f"I paid from {IBAN}").values()) == {
            ("bank account, one of several: weak", False)
        }

    def test_what_another_market_was_paid_stays_there(self):
        self.paid("75.00")
        assert self.found("75.00 from account ending 5432", market="KE") == {}
        assert self.found(f"from {IBAN}", market="KE") == {}

    def test_a_stranger_who_types_it_is_not_told_that_we_know_it(self):
        self.paid("75.00")
        assert references_in(f"{IBAN} 75.00 account ending 5432", WORKER, "GH") == []

    def test_a_case_proposes_it_and_a_person_confirms(self):
        payment = self.paid("75.00")
        case = open_case(
            market="GH", channel="email", contact="ama@example.com", by=WORKER, now=NOON,
            text="I paid 75.00 from my account ending 5432 and see nothing",
        )  # fmt: skip
        link = CaseLink.objects.get(case=case, kind="payment", object_id=payment.pk)
        assert (link.state, link.found_as) == ("proposed", "end of a bank account and amount")
        assert link.found_text == "ending 5432"

    def test_the_code_of_a_payment_says_more_than_its_account(self):
        self.paid("75.00", provider_ref="MP240302AB12")
        case = open_case(
            market="GH", channel="email", contact="ama@example.com", by=WORKER, now=NOON,
            text="I paid 75.00 from account ending 5432, code MP240302AB12",
        )  # fmt: skip
        assert CaseLink.objects.get(case=case, kind="payment").found_as == "transaction code"

    def test_a_text_that_names_no_account_asks_the_database_nothing(self):
        with self.assertNumQueries(0):
            assert named_by_account("75.00 ending soon", ANALYST, "GH", customer_id=1, today=TODAY) == []

    def test_among_many_rows_few_are_read(self):
        payment = self.paid("75.00")
        many = 20_000
        line, paid = (
            ", ".join(
                field.column for field in of._meta.concrete_fields
                if field.column not in own and not field.generated
            )
            for of, own in (
                (payment.statement_line, ("id", "line_key", "account")),
                (payment, ("id", "statement_line_id", "evidence_key")),
            )
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO statements_statementline ({line}, line_key, account)"
                f" SELECT {line}, gen_random_uuid(), 'GB82WEST' || lpad(n::text, 14, '0')"
                " FROM statements_statementline, generate_series(1, %s) n WHERE id = %s",
                [many, payment.statement_line_id],
            )
            # Each paid something: how few payments other tests left must not decide what is read first.
            cursor.execute(
                f"WITH one AS (SELECT {paid} FROM payments_payment WHERE id = %s)"
                f" INSERT INTO payments_payment ({paid}, statement_line_id, evidence_key)"
                " SELECT one.*, l.id, l.line_key FROM one, statements_statementline l WHERE l.id <> %s",
                [payment.pk, payment.statement_line_id],
            )
            # As their owner: of anybody else the server passes it over with a warning.
            cursor.execute("SET LOCAL ROLE NONE; ANALYZE statements_statementline, payments_payment")
            cursor.execute("SET LOCAL ROLE paydesk_app")
        amounts, days = [Decimal("75.00")], [date(2026, 3, 2)]
        with CaptureQueriesContext(connection) as captured:
            assert [each.payment_id for each in paid_from_end([self.bank.pk], "5432", amounts, days)]
            assert paid_from_account([self.bank.pk], IBAN)[0].payment_id == payment.pk
        for query in captured:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"].replace("%", "%%"), ())
                plan = cursor.fetchone()[0]
            scans = list(_scans(json.loads(plan) if isinstance(plan, str) else plan))
            assert {scan["Index Name"] for scan in scans} == {"statement_line_account_ends"}
            assert sum(scan["Actual Rows"] for scan in scans) < 20


def _scans(plan):
    """Whatever reads statement lines."""
    if isinstance(plan, list):
        for each in plan:
            yield from _scans(each)
    elif isinstance(plan, dict):
        if plan.get("Relation Name") == "statements_statementline" and "Index Cond" in plan:
            yield plan
        elif plan.get("Relation Name") == "statements_statementline" and plan["Node Type"] == "Seq Scan":
            yield {"Index Name": "none: the whole table", "Actual Rows": plan["Actual Rows"]}
        elif plan.get("Node Type") == "Bitmap Index Scan" and "statement" in plan["Index Name"]:
            yield plan
        for value in plan.values():
            yield from _scans(value) if isinstance(value, (dict, list)) else ()
