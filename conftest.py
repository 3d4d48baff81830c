"""The test database: migrated once by its owner into a template, worked on under the application's role.

`db` (pytest-django's) gives a transaction that is rolled back. What needs real commits, other roles or two
connections takes `committed_db`: a database of its own, cloned from the template.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

APP_OPTIONS = "-c jit=off -c role=paydesk_app"
OWNER_OPTIONS = "-c jit=off"


def _owner_dsn(database: str) -> dict[str, Any]:
    own = settings.DATABASES["default"]
    return {
        "dbname": database,
        "user": own["USER"],
        "password": own["PASSWORD"] or None,
        "host": own["HOST"],
        "port": own["PORT"] or None,
    }


def owner_connection(**options: Any) -> psycopg.Connection[Any]:
    """A connection as the owner role to the database the test works on: what goes around the ORM."""
    return psycopg.connect(**_owner_dsn(connections["default"].settings_dict["NAME"]), **options)


def _administer(*statements: sql.Composable) -> None:
    """Run statements about whole databases, again for a while where the server's own vacuum is in one."""
    with psycopg.connect(**_owner_dsn("postgres"), autocommit=True) as connection:
        for statement in statements:
            for left in reversed(range(100)):
                try:
                    connection.execute(statement)
                    break
                except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                    if not left:
                        raise
                    time.sleep(0.2)


def _drop(database: str) -> sql.Composable:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))


def _clone(database: str, template: str) -> sql.Composable:
    return sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(database), sql.Identifier(template)
    )


def work_on(database: str, *, options: str = APP_OPTIONS) -> None:
    """Point Django's connection at `database`, under the application's role unless told otherwise."""
    connection = connections["default"]
    connection.close()
    connection.settings_dict["NAME"] = database
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "options": options}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Migrate as the owner into a template, clone it, and work on the clone as the application."""
    from django.core.management import call_command

    name = f"test_paydesk_{os.getpid()}"
    template = f"{name}_template"
    with django_db_blocker.unblock():
        _administer(
            _drop(name), _drop(template), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template))
        )
        work_on(template, options=OWNER_OPTIONS)
        call_command("migrate", verbosity=0, interactive=False)
        connections["default"].close()
        _administer(_clone(name, template))
        work_on(name)
    settings.TEST_TEMPLATE = template
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        _administer(_drop(name), _drop(template))


@contextmanager
def own_database(blocker: Any, suffix: str) -> Iterator[str]:
    """Work on a clone of the template for a while; it is dropped afterwards."""
    shared = connections["default"].settings_dict["NAME"]
    own = f"{shared}_{suffix}"
    _administer(_drop(own), _clone(own, settings.TEST_TEMPLATE))
    with blocker.unblock():
        work_on(own)
        try:
            yield own
        finally:
            connections.close_all()
            work_on(shared)
            _administer(_drop(own))


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own: commits are real, rows stay, triggers and roles work as in real use."""
    with own_database(django_db_blocker, "own") as name:
        yield name


@pytest.fixture(scope="module")
def committed_module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """As `committed_db`, shared by a module whose tests only look, or try in vain to change something."""
    with own_database(django_db_blocker, "module") as name:
        yield name


@pytest.fixture(autouse=True)
def _documents_in_a_folder_of_the_test(tmp_path: Any, settings: Any) -> None:
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
