"""What the documents say of the code is held against the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from paydesk.cli import COMMANDS
from paydesk.domain.ledger.rules import CHART
from paydesk.foundation.people.authority import ROLES
from paydesk.importers.delimited.mapping import KINDS, STATUSES
from paydesk.kernel.lifecycle import Lifecycle

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "paydesk"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
CODE = [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "paydesk", ROOT / ".ci" / "run"]
HOW_IT_WAS_READ = re.compile(r"environ(?:\.get|\.pop|\.setdefault)?[(\[]\s*[\"']([A-Z][A-Z_]+)[\"']")
OUR_NAMES = re.compile(r"\bPAYDESK_[A-Z_]+|\bDATABASE_(?:APP_)?URL\b")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def document(name: str) -> str:
    return text(ROOT / name)


def anchors(path: Path) -> set[str]:
    """The addresses of the headings of a document, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> Iterator[str]:
    without_code = re.sub(r"^```.*?^```", "", text(path), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        there = (path.parent / place).resolve() if place else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            yield target


def columns_of_tables(path: Path) -> set[str]:
    """What stands in the first column of the tables of a document."""
    return set(re.findall(r"^\| *([^|]+?) *\|", text(path), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    assert not list(broken_links(path))


def test_every_document_below_docs_is_linked_from_another() -> None:
    linked = {
        (path.parent / target.partition("#")[0]).resolve()
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)\s]+)\)", text(path))
    }
    folders = {place for place in linked if place.is_dir()}
    readme = document("README.md")
    lost = [
        str(path.relative_to(ROOT))
        for path in DOCUMENTS
        if path.parent != ROOT and path not in linked and path.parent not in folders
    ]
    lost = [name for name in lost if f"`{name}`" not in readme]
    assert not lost, f"Link these from README.md or from one another: {lost}"


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^\./paydesk (\w+)", document("README.md"), re.MULTILINE)
    assert commands[:2] == ["up", "test"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_table_of_the_readme(command: str) -> None:
    rows = [row for row in columns_of_tables(ROOT / "README.md") if row.startswith("`")]
    assert any(re.match(rf"`{command}\b", row) for row in rows), f"Describe ./paydesk {command} in README.md."


def test_the_readme_names_no_command_there_is_not() -> None:
    named = {name for path in DOCUMENTS for name in re.findall(r"\./paydesk ([a-z]+)", text(path))}
    assert named <= set(COMMANDS), f"There is no ./paydesk {', '.join(named - set(COMMANDS))}."


def test_every_environment_variable_stands_in_configure() -> None:
    read = {
        name
        for path in CODE
        for found in (HOW_IT_WAS_READ.findall(text(path)), OUR_NAMES.findall(text(path)))
        for name in found
    }
    assert {"PAYDESK_HOME", "DATABASE_URL", "CI"} <= read, "the search finds what is surely there"
    missing = sorted(name for name in read if f"`{name}" not in document("docs/how-to/configure.md"))
    assert not missing, f"Say in docs/how-to/configure.md what these do: {missing}"


def test_configure_names_no_variable_that_nothing_reads() -> None:
    code = "\n".join(text(path) for path in CODE if path != Path(__file__).resolve())
    named = set(OUR_NAMES.findall(document("docs/how-to/configure.md")))
    assert not [name for name in named if name not in code]


GLOSSARY = ROOT / "docs" / "glossary.md"


def test_every_account_of_the_chart_stands_in_the_glossary_under_its_name() -> None:
    rows = {
        row[0]: row
        for row in re.findall(r"^\| (\d{4}) \| (.+?) \[(.+?)\] \| (.+?) \| (b?) *\|", text(GLOSSARY), re.M)
    }
    for account in CHART:
        assert account.code in rows, f"Add {account.code} to the chart in docs/glossary.md."
        _, name, key, kind, balance = rows[account.code]
        assert (name, kind) == (account.name, account.type.replace("_", " "))
        assert key.split(",")[0] == account.key.replace("_", " ")
        assert (balance == "b") == account.keeps_balance
    assert set(rows) == {account.code for account in CHART}


def lifecycles() -> list[Lifecycle]:
    modules = [
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts) for path in SOURCE.rglob("states.py")
    ]
    return [
        value
        for name in sorted(modules)
        for value in vars(import_module(name)).values()
        if isinstance(value, Lifecycle)
    ]


@pytest.mark.parametrize("lifecycle", lifecycles(), ids=lambda lifecycle: lifecycle.name)
def test_every_state_stands_in_the_glossary(lifecycle: Lifecycle) -> None:
    head = f"**{lifecycle.name.capitalize()}**"
    assert head in text(GLOSSARY), f"Give the {lifecycle.name} a table of states in docs/glossary.md."
    table = text(GLOSSARY).split(head, 1)[1].split("\n\n", 2)[1]
    states = re.findall(r"^\| (\w+) \|", table, re.MULTILINE)[1:]
    assert sorted(states) == sorted(lifecycle.states)


def test_the_glossary_has_the_words_of_the_screen_for_the_states_of_a_file() -> None:
    from paydesk.web.templatetags.intake import STATE_WORDS

    for state, words in STATE_WORDS.items():
        assert f"| {state} | {words} |" in text(GLOSSARY)


def test_kinds_statuses_and_roles_stand_in_the_glossary() -> None:
    glossary = text(GLOSSARY)
    missing = [word for word in (*KINDS, *STATUSES) if f"`{word}`" not in glossary]
    in_one_line = re.sub(r"\s+", " ", glossary).lower()
    missing += [name for code, name in ROLES.items() if f"{code} {name}".lower() not in in_one_line]
    assert not missing, f"Explain these in docs/glossary.md: {missing}"


def test_every_decision_record_is_listed_and_says_context_decision_and_consequence() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    listed = document("docs/adr/README.md")
    for number, record in enumerate(records, start=1):
        assert record.name.startswith(f"{number:04d}-"), f"{record.name}: numbers run without gaps"
        assert f"({record.name})" in listed, f"List {record.name} in docs/adr/README.md."
        for part in ("**Context.**", "**Decision.**", "**Consequence.**"):
            assert part in text(record), f"{record.name} has no {part}"


def test_every_run_time_requirement_has_its_reason_and_licence_in_the_record() -> None:
    record = document("docs/adr/0009-dependencies-and-licences.md").lower()
    lines = [line.split("#")[0].strip() for line in document("requirements.in").splitlines()]
    named = [re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines if line]
    assert named
    assert not [name for name in named if f"| {name} " not in record]


def test_what_the_code_refers_to_in_docs_is_there() -> None:
    places = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql"), ROOT / "requirements.in"]
    named = {target for path in places for target in re.findall(r"docs/[\w./-]+\.md", text(path))}
    assert named
    assert not [target for target in named if not (ROOT / target).exists()]
