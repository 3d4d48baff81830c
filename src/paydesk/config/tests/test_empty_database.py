"""Emptying a database: only a paydesk's, only when nobody works in it, ready for migrations again."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings

from paydesk.config import empty_database as emptying
from paydesk.config.database_setup import APP_ROLE
from paydesk.config.empty_database import empty_database
from paydesk.kernel.refused import Refused


def url_of(database: str) -> str:
    own = settings.DATABASES["default"]
    account = f"{own['USER']}:{own['PASSWORD']}" if own["PASSWORD"] else own["USER"]
    place = "" if str(own["HOST"]).startswith("/") else own["HOST"]
    more = f"?host={own['HOST']}" if not place else ""
    return f"postgresql://{account}@{place}{':' + str(own['PORT']) if own['PORT'] else ''}/{database}{more}"


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def test_everything_goes_and_the_application_may_use_the_new_schema(committed_db: str) -> None:
    url, said = url_of(committed_db), list[str]()
    assert "audit_record" in tables(url)
    empty_database(url, said.append)
    assert tables(url) == set()
    assert committed_db in said[0]
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT has_schema_privilege(%s, 'public', 'USAGE')", (APP_ROLE,)).fetchone()
        assert row == (True,)
    empty_database(url, said.append)
    assert len(said) == 1, "an empty database is left alone"


def test_a_database_that_is_no_paydesk_is_refused(committed_db: str) -> None:
    url = url_of(committed_db)
    empty_database(url, lambda text: None)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE invoices (id int)")
    with pytest.raises(Refused, match="invoices"):
        empty_database(url, lambda text: None)
    assert tables(url) == {"invoices"}


def test_while_somebody_works_nothing_is_deleted(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "WAIT", "50ms")
    url = url_of(committed_db)
    with psycopg.connect(url) as worker:
        worker.execute("LOCK TABLE audit_record IN ROW EXCLUSIVE MODE")
        with pytest.raises(Refused, match="Somebody works"):
            empty_database(url, lambda text: None)
    assert "audit_record" in tables(url)
