"""Contracts: plans that add up, files with a reason for each bad row, activation with its postings."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from paydesk.domain.contracts import rules
from paydesk.domain.contracts.actions import ContractRefused, activate_contract, load_contracts
from paydesk.domain.contracts.contract_file import COLUMNS, read_contract_file, template_csv
from paydesk.domain.contracts.load_preview import preview_load
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.contracts.queries import find_contracts, standings
from paydesk.domain.contracts.states import CONTRACT, OPEN_STATES
from paydesk.domain.ledger.queries import balances_of
from paydesk.domain.parties.models import CustomerIdentity
from paydesk.foundation.audit.models import AuditRecord
from paydesk.importers.records import NotReadable
from paydesk.kernel.refused import NotAllowedRefused, TransitionRefused
from paydesk.reporting.invariants import check_all
from tests.browser.people import make_market
from tests.builders import ANALYST, NOON, TODAY, WORKER, ghs, make_contract, make_source_account, receive, row

HEAD = ",".join(column.name for column in COLUMNS)
GOOD = (
    "GH,C1,Ama Mensah,0244123456,10482937,Spark,GHS,300.00,100.00,2026-02-01,2026-02-08,4,weekly,2026-02-01"
)


def loaded(*rows: str):
    read = read_contract_file(io.BytesIO("\n".join([HEAD, *rows, ""]).encode()))
    return read, load_contracts(read.terms, by=ANALYST, now=NOON, source="contracts.csv")


class LoadContracts(TestCase):
    def test_a_market_or_currency_that_is_not_ours_is_refused_also_for_who_works_in_all(self):
        make_market("GH")
        read = read_contract_file(
            io.BytesIO("\n".join([HEAD, GOOD.replace("GH,", "XX,"), GOOD.replace("GHS", "KES"), ""]).encode())
        )
        outcome = load_contracts(read.terms, by=WORKER, now=NOON)
        assert [reason for _, reason in outcome.refused] == [
            "XX is no market of ours; ours are GH.",
            "The row is in KES, but contracts of market GH are in GHS.",
        ]
        assert not Contract.objects.exists()

    def test_a_known_customer_number_with_another_name_needs_somebody_who_looked(self):
        make_contract(customer_ref="C1", customer_name="MENSAH  Ama")
        assert loaded(GOOD)[1].refused == []
        other = GOOD.replace("Ama Mensah", "Kojo Boateng").replace("10482937", "20482937")
        read, outcome = loaded(other)
        assert outcome.refused == [(2, "Customer C1 is MENSAH  Ama, not Kojo Boateng.")]
        assert [name for _, name in preview_load(read.terms, by=WORKER, markets=["GH"]).other_names] == [
            "MENSAH  Ama"
        ]
        assert len(load_contracts(read.terms, other_names=True, by=ANALYST, now=NOON).contract_ids) == 1
        assert Contract.objects.get(account_key="20482937").customer.name == "MENSAH  Ama"

    def test_a_file_makes_customers_contracts_due_items_and_the_sale_in_the_books(self):
        read, outcome = loaded(GOOD)
        assert (read.rejected, outcome.refused, outcome.known) == ([], [], 0)
        contract = Contract.objects.select_related("customer").get()
        assert (contract.state, contract.customer.name) == ("active", "Ama Mensah")
        assert [p.msisdn for p in contract.customer.phones.all()] == ["233244123456"]
        assert sum(DueItem.objects.values_list("amount_minor", flat=True)) == 300_00
        assert balances_of(contract.pk, ["1100"]) == [("1100", ghs("300.00"))]

    def test_loading_the_same_file_again_changes_nothing(self):
        loaded(GOOD)
        _, outcome = loaded(GOOD)
        assert (outcome.contract_ids, outcome.known, Contract.objects.count()) == ([], 1, 1)

    def test_a_known_contract_loaded_again_brings_the_identity_number_of_its_customer(self):
        loaded(GOOD)
        number = "GHA-712345678-9"
        again = f"{GOOD},national_id,{number}"
        read = read_contract_file(io.BytesIO("\n".join([HEAD, again, ""]).encode()))
        preview = preview_load(read.terms, by=ANALYST, markets=["GH"])
        assert (len(preview.known), len(preview.identities), CustomerIdentity.objects.count()) == (1, 1, 0)
        _, outcome = loaded(again)
        assert (outcome.contract_ids, outcome.known, outcome.identities) == ([], 1, 1)
        kept = CustomerIdentity.objects.select_related("customer").get()
        assert (kept.kind, kept.number, kept.customer.external_ref) == ("national_id", number, "C1")
        record = AuditRecord.objects.filter(verb="contracts.loaded").latest("id")
        assert (record.changes["identities"], record.changes["customers"]) == (1, [kept.customer_id])
        assert number not in str(record.changes)
        _, outcome = loaded(again)
        assert (outcome.known, outcome.identities, CustomerIdentity.objects.count()) == (1, 0, 1)
        assert preview_load(read.terms, by=ANALYST, markets=["GH"]).identities == []

    def test_an_identity_number_that_is_none_or_somebody_elses_is_refused_with_its_line(self):
        loaded(GOOD)
        wrong = f"{GOOD},library_card,GHA-712345678-9"
        other = f"{GOOD.replace('Ama Mensah', 'Kojo Boateng')},national_id,GHA-712345678-9"
        for line_of_file, reason in ((wrong, "identity_kind"), (other, "Customer C1 is Ama Mensah")):
            read, outcome = loaded(line_of_file)
            ((line, said),) = outcome.refused
            assert (line, outcome.known, CustomerIdentity.objects.count()) == (2, 0, 0)
            assert reason in said
            assert "712345678" not in said
        assert len(preview_load(read.terms, by=ANALYST, markets=["GH"]).other_names) == 1
        assert load_contracts(read.terms, other_names=True, by=ANALYST, now=NOON).identities == 1

    def test_every_bad_row_has_its_line_and_a_reason_and_the_good_ones_are_made(self):
        read, outcome = loaded(
            GOOD,
            GOOD.replace("300.00", "3oo"),
            GOOD.replace("weekly", "yearly"),
            GOOD.replace("10482937", ""),
            GOOD.replace("2026-02-08", "2026-02-31"),
            GOOD.replace("C1", "C2").replace("1048", "2048").replace("0244123456", "12"),
            GOOD.replace("C1", "C3"),
            GOOD.replace("10482937", "30482937").replace(",4,", ",0,"),
        )
        reasons = dict(read.rejected + outcome.refused)
        assert sorted(reasons) == [3, 4, 5, 6, 7, 8, 9]
        assert "price" in reasons[3]
        assert "yearly" in reasons[4]
        assert "account_number is empty" in reasons[5]
        assert "phone number of GH" in reasons[7]
        assert "row 2 as well" in reasons[8]
        assert Contract.objects.count() == 1

    def test_an_account_number_with_other_terms_is_refused(self):
        loaded(GOOD)
        _, outcome = loaded(GOOD.replace("300.00", "301.00"))
        assert "exists already with other terms" in outcome.refused[0][1]

    def test_a_file_without_the_columns_is_refused(self):
        with pytest.raises(NotReadable):
            read_contract_file(io.BytesIO(b"name;age\nx;1\n"))

    def test_the_template_can_be_loaded(self):
        read = read_contract_file(io.BytesIO(template_csv().encode()))
        assert (len(read.terms), read.rejected) == (1, [])

    def test_another_market_needs_its_people(self):
        with pytest.raises(NotAllowedRefused):
            loaded(GOOD.replace("GH,", "KE,", 1))

    def test_a_contract_is_found_by_number_name_and_phone(self):
        loaded(GOOD)
        for text in ("1048", "1048-2937", "mensa", "0244123456", "4123456"):
            assert [c.account_number for c in find_contracts(ANALYST, text)] == ["10482937"], text
        assert list(find_contracts(ANALYST, "nobody")) == []


class ActivateContract(TestCase):
    def test_the_deposit_held_counts_and_the_rest_is_owed(self):
        contract = make_contract(account_number="10482937", activated_on=None)
        receive(make_source_account(), row(1, "100.00", reference="10482937"))
        activate_contract(contract.pk, activated_on=TODAY, by=ANALYST, now=NOON)
        assert balances_of(contract.pk, ["1100", "2030"]) == [("1100", ghs("200.00"))]
        assert [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []

    def test_without_the_deposit_it_is_refused_and_nothing_changes(self):
        contract = make_contract(activated_on=None)
        with pytest.raises(ContractRefused):
            activate_contract(contract.pk, activated_on=TODAY, by=ANALYST, now=NOON)
        contract.refresh_from_db()
        assert (contract.state, balances_of(contract.pk, ["1100"])) == ("deposit_pending", [])

    def test_twice_is_refused(self):
        contract = make_contract()
        with pytest.raises(TransitionRefused):
            activate_contract(contract.pk, activated_on=TODAY, by=WORKER, now=NOON)

    def test_standings_tell_what_is_paid_overdue_and_next(self):
        contract = make_contract(account_number="10482937")
        receive(make_source_account(), row(1, "110.00", reference="10482937"))
        (standing,) = standings([contract], on=TODAY)
        assert (standing.paid_minor, standing.open_minor, standing.overdue_minor) == (110_00, 190_00, 190_00)
        assert (standing.days_past_due, standing.next_due.due_on) == (22, date(2026, 2, 8))


@given(
    st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 400), st.sampled_from(rules.FREQUENCIES),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)  # fmt: skip
def test_a_schedule_adds_up_to_the_price_and_never_goes_back_in_time(
    financed, deposit, count, frequency, first
):
    count = min(count, financed)
    items = rules.schedule(
        price_minor=financed + deposit, deposit_minor=deposit, opened_on=first, first_due_on=first,
        count=count, frequency=frequency,
    )  # fmt: skip
    assert sum(amount for _, _, amount in items) == financed + deposit
    dates = [due_on for _, due_on, _ in items]
    assert dates == sorted(dates)
    assert all(amount > 0 for _, _, amount in items)


def test_a_monthly_plan_takes_the_last_day_of_a_short_month():
    dates = [rules.nth_due_date(date(2026, 1, 31), "monthly", n) for n in range(3)]
    assert dates == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


@pytest.mark.django_db
def test_what_sql_knows_of_states_and_kinds_is_what_the_tables_say():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT s, contracts_is_open(s) FROM unnest(%s::text[]) s", [CONTRACT.states])
        assert {state for state, is_open in cursor.fetchall() if is_open} == set(OPEN_STATES)
        cursor.execute("SELECT k, contracts_kind_rank(k) FROM unnest(%s::text[]) k", [list(rules.KIND_RANK)])
        assert dict(cursor.fetchall()) == rules.KIND_RANK


def test_the_same_file_loaded_twice_at_once_makes_its_contracts_once(committed_db):
    def load(_: int) -> tuple[int, int]:
        try:
            outcome = loaded(GOOD)[1]
            return len(outcome.contract_ids), outcome.known
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(load, range(4)))
    assert outcomes == [(0, 1), (0, 1), (0, 1), (1, 0)]
