"""A database named by DATABASE_URL: what is missing is made, or one line says who has to make it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from paydesk.config.database_server import PrivateServer
from paydesk.config.database_setup import connected, prepare_given, remember, remembered
from paydesk.config.tests.homes import home_with_space
from paydesk.kernel.refused import Refused

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateServer]:
    """A cluster as somebody else may have it: nothing of paydesk in it but the role that signs in."""
    with home_with_space() as home:
        server = PrivateServer(home, throw_away=True)
        server.start(lambda text: None)
        yield server


@pytest.fixture(autouse=True)
def nothing_of_paydesk(server: PrivateServer) -> None:
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS paydesk WITH (FORCE)")
        connection.execute("DROP ROLE IF EXISTS paydesk_app")
        connection.execute("DROP ROLE IF EXISTS paydesk")


def make_role(server: PrivateServer, rights: str) -> None:
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE paydesk LOGIN {rights}".encode())


def test_a_role_that_may_gets_database_and_application_role(server: PrivateServer) -> None:
    make_role(server, "CREATEDB CREATEROLE")
    prepare_given(server.url)
    prepare_given(server.url)  # nothing left to do
    with psycopg.connect(server.url, options="-c role=paydesk_app") as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("paydesk_app",)


def test_a_role_that_may_not_make_roles_names_the_statements_and_they_suffice(server: PrivateServer) -> None:
    make_role(server, "CREATEDB")
    with pytest.raises(Refused) as refused:
        prepare_given(server.url)
    statements = refused.value.text.partition("start again: ")[2]
    assert statements == 'CREATE ROLE "paydesk_app" NOLOGIN; GRANT "paydesk_app" TO "paydesk";'
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(statements.encode())
    prepare_given(server.url)


def test_a_role_that_may_not_make_the_database_names_the_statement(server: PrivateServer) -> None:
    make_role(server, "")
    with pytest.raises(Refused, match='CREATE DATABASE "paydesk" OWNER'):
        prepare_given(server.url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://somebody@localhost/desk", "must begin with postgresql://"),
        ("postgresql://somebody@127.0.0.1:1/desk", "cannot be reached"),
        ("postgresql://somebody@127.0.0.1:none/desk", "DATABASE_URL"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_in_one_line(url: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        prepare_given(url)
    assert "\n" not in refused.value.text


def test_what_is_remembered_is_of_that_database_and_may_change(server: PrivateServer) -> None:
    make_role(server, "CREATEDB CREATEROLE")
    with connected(server.url) as connection:
        assert remembered(connection, "migrations") is None
        remember(connection, "migrations", "first")
        remember(connection, "migrations", ["second"])
        assert remembered(connection, "migrations") == ["second"]
