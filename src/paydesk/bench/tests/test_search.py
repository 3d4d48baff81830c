"""The company to search is what it says, every look-up goes by an index, and the benchmark runs."""

import json
import random

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import owner_connection
from paydesk.bench import search
from paydesk.bench.results import Bench
from paydesk.bench.search_company import LAST_DAY, Company, bytes_needed, fill
from paydesk.cli.tests.test_person import database_url
from paydesk.kernel.refused import Refused
from paydesk.reporting.search.queries import find

BIG = {
    "parties_customer", "parties_customerphone", "parties_party", "parties_nameword", "contracts_contract",
    "statements_statementline", "payments_payment",
}  # fmt: skip
# Beside what the benchmark asks: everything else that is looked up.
TEXTS = (
    "0244 12",
    "+233 20 1",
    "441234",
    "C00001",
    "zzzqqqz",
    "kwame",
    "portal.csv",
    "MP99 broken",
    "45.50",
    "babe",
    "stores babe",
    "storse",
    "S-120",
)


@pytest.fixture(scope="module")
def company(committed_module_db: str) -> Company:
    quiet = Bench(quick=True, say=lambda text: None)
    return fill(quiet, database_url(committed_module_db), customers=3_000, payments=9_000)


def without_index_condition(plan: dict) -> list[str]:
    """The scans of a plan that read a big table from one end to the other."""
    found = [each for child in plan.get("Plans", ()) for each in without_index_condition(child)]
    kind, table = plan["Node Type"], plan.get("Relation Name")
    if table in BIG and (kind == "Seq Scan" or (kind.startswith("Index") and "Index Cond" not in plan)):
        found.append(f"{kind} on {table}: {plan.get('Filter')}")
    if kind == "Bitmap Index Scan" and "Index Cond" not in plan:
        found.append(f"{kind} on {plan['Index Name']}")
    return found


def test_every_look_up_goes_by_an_index(company: Company) -> None:
    dice = random.Random(7)
    with owner_connection(autocommit=True) as owner:
        texts = [ask(owner, company, dice) for _, ask, _ in search.KINDS] + list(TEXTS)
    for text in texts:
        with CaptureQueriesContext(connection) as captured:
            find(search.LOOKER, text, today=LAST_DAY)
        for query in captured:
            if not query["sql"].lstrip().startswith("SELECT") or "set_config" in query["sql"]:
                continue
            with connection.cursor() as cursor:
                # As in the search itself: what no index serves shows as a scan of the table all the same.
                cursor.execute("SET enable_seqscan = off")
                cursor.execute("EXPLAIN (FORMAT JSON) " + query["sql"].replace("%", "%%"), ())
                plan = cursor.fetchone()[0]
                cursor.execute("RESET enable_seqscan")
            plan = json.loads(plan) if isinstance(plan, str) else plan
            assert not without_index_condition(plan[0]["Plan"]), (text, query["sql"])


def test_the_texts_that_are_measured_find_what_they_are_made_from(company: Company) -> None:
    dice = random.Random(7)
    with owner_connection(autocommit=True) as owner:
        for what, ask, _ in search.KINDS:
            texts = [ask(owner, company, dice) for _ in range(3)]
            found = [find(search.LOOKER, text, today=LAST_DAY).count() for text in texts]
            assert sum(map(bool, found)) >= 2, (what, texts, found)


def test_a_disk_without_room_is_told_before_anything_is_filled(committed_module_db: str) -> None:
    with psycopg.connect(database_url(committed_module_db), autocommit=True) as owner:
        try:
            owner.execute("SHOW data_directory")
        except psycopg.errors.InsufficientPrivilege:
            pytest.skip("a plain owner may not know where the server keeps its files")
        with pytest.raises(Refused, match="--customers and --payments"):
            search._room_for(owner, bytes_needed(10**12, 10**12))
