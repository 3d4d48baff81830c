"""The test database: migrated once by its owner into a template, worked on under the application's role.

`db` (pytest-django's) gives a transaction that is rolled back. What needs real commits, other roles or two
connections takes `committed_db`: a database of its own, cloned from the template.

Tests run in several processes at once (pytest-xdist), file by file. The first process makes the template,
each clones its own database from it. What cannot bear a neighbour is marked `alone`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.db import connections
from psycopg import sql

from paydesk.config.garbage import look_never, look_seldom

APP_OPTIONS = "-c jit=off -c role=paydesk_app"
OWNER_OPTIONS = "-c jit=off"
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
TESTS = Path(__file__).parent / "tests"

look_never()  # until all modules with tests are read

hypothesis.settings.register_profile("paydesk", hypothesis.settings.default, max_examples=50, deadline=None)
hypothesis.settings.load_profile("paydesk")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("paydesk")
    group.addoption(
        "--alone",
        choices=("with", "without", "only"),
        default="with",
        help="whether tests marked `alone` run beside the others",
    )
    group.addoption("--template", help="the template database: made when missing, used as it is, and kept")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of the tests marked `alone` the files that hold them are read, not the hundreds that hold none."""
    if config.getoption("alone") == "only" and collection_path.suffix == ".py":
        return True if "mark.alone" not in collection_path.read_text(encoding="utf-8") else None
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if (choice := config.getoption("alone")) != "with":
        alone = [item for item in items if item.get_closest_marker("alone")]
        beside = [item for item in items if not item.get_closest_marker("alone")]
        items[:], left_out = (alone, beside) if choice == "only" else (beside, alone)
        config.hook.pytest_deselected(items=left_out)
    if hasattr(config, "workerinput"):  # so that no process is left with a long file when the others are done
        items.sort(key=lambda item: not _is_long(item))


def pytest_collection_finish() -> None:
    look_seldom()


def _is_long(item: pytest.Item) -> bool:
    """What crosses packages (`tests/`), drives a browser or starts processes takes longer than the rest."""
    crosses = TESTS in item.path.parents
    return crosses or any(item.get_closest_marker(name) for name in ("browser", "server"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["template"] = _template_of(node.config)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """After the last process that clones it, the template goes; there may be no server at all."""
    config = session.config
    if not hasattr(config, "workerinput") and not config.getoption("template"):
        with suppress(psycopg.OperationalError):
            _administer(_drop(_template_of(config)), _drop(_unfinished(_template_of(config))))


def _unfinished(template: str) -> str:
    return f"{template}_unfinished"


def _template_of(config: pytest.Config) -> str:
    told: dict[str, str] = getattr(config, "workerinput", {})
    return told.get("template") or config.getoption("template") or f"test_paydesk_{os.getpid()}_template"


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
    # Copying the files is twice as fast where the server need not wait for the disk, and slower elsewhere.
    strategy = "FILE_COPY" if _is_fast_server() else "WAL_LOG"
    return sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(
        sql.Identifier(database), sql.Identifier(template), sql.SQL(strategy)
    )


@cache
def _is_fast_server() -> bool:
    with psycopg.connect(**_owner_dsn("postgres")) as connection:
        return connection.execute("SHOW fsync").fetchone() == ("off",)


def work_on(database: str, *, options: str = APP_OPTIONS) -> None:
    """Point Django's connection at `database`, under the application's role unless told otherwise."""
    connection = connections["default"]
    connection.close()
    connection.settings_dict["NAME"] = database
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "options": options}


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Migrate as the owner into a template, clone it, and work on the clone as the application."""
    name = f"test_paydesk_{os.getpid()}"
    settings.TEST_TEMPLATE = _template_of(request.config)
    with django_db_blocker.unblock():
        _make_template(settings.TEST_TEMPLATE)
        _administer(_drop(name), _clone(name, settings.TEST_TEMPLATE))
        work_on(name)
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        _administer(_drop(name))


def _make_template(template: str) -> None:
    """Unless it is there. The other processes wait; one that fails leaves nothing under this name."""
    from django.core.management import call_command

    unfinished = _unfinished(template)
    with psycopg.connect(**_owner_dsn("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [template])
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            return
        _administer(_drop(unfinished), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        work_on(unfinished, options=OWNER_OPTIONS)
        call_command("migrate", verbosity=0, interactive=False)
        connections["default"].close()
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        _administer(rename.format(sql.Identifier(unfinished), sql.Identifier(template)))


@contextmanager
def own_database(blocker: Any, suffix: str, *, of: str = "") -> Iterator[str]:
    """Work for a while on a clone of the template, or of a database that nobody is connected to; it is
    dropped afterwards."""
    shared = connections["default"].settings_dict["NAME"]
    own = f"{shared}_{suffix}"
    _administer(_drop(own), _clone(own, of or settings.TEST_TEMPLATE))
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


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hashing a password is slow by design; tests sign in often."""
    settings.PASSWORD_HASHERS = [QUICK_HASHER, *settings.PASSWORD_HASHERS]
    hashers.get_hashers.cache_clear()
    hashers.get_hashers_by_algorithm.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _no_list_of_static_files() -> None:
    """Every client of a test would list them all again, and hardly one asks for any."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def nobody_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors of public pages are counted per address, and every test comes from the same one."""
    from paydesk.web.public import limits

    for each in limits.EVERY:
        monkeypatch.setattr(each, "_counts", {})
        monkeypatch.setattr(each, "_clock", lambda: 1.0)  # no minute ends within a test


@pytest.fixture(autouse=True)
def _documents_in_a_folder_of_the_test(tmp_path: Any, settings: Any) -> None:
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
    settings.POST_FOLDER = tmp_path / "post"
