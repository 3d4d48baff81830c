"""What people forget, each with what to write instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "paydesk"
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
OWN_CODE = [path for path in MODULES if "tests" not in path.parts]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_every_module_opens_with_a_line_on_what_it_is_about():
    silent = [named(p) for p in OWN_CODE if p.stat().st_size and not ast.get_docstring(parsed(p))]
    assert not silent, f"Open these with a docstring of one line: {silent}"


MONEY_PACKAGES = ("kernel", "domain", "importers", "reporting")
CHARTS_AND_CLOCKS = {"importers/delimited/spreadsheets.py"}  # a spreadsheet's cells arrive as floats


def test_no_float_near_money():
    found = []
    for path in OWN_CODE:
        if path.relative_to(SOURCE).parts[0] not in MONEY_PACKAGES or named(path) in CHARTS_AND_CLOCKS:
            continue
        for node in ast.walk(parsed(path)):
            is_call = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            )
            is_field = isinstance(node, ast.Attribute) and node.attr == "FloatField"
            is_annotated = isinstance(node, ast.Name) and node.id == "float"
            if is_call or is_field or is_annotated:
                found.append(f"{named(path)}:{node.lineno}")
    assert not found, f"Use whole minor units (kernel.money) or Decimal instead of float: {found}"


def verbs() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in OWN_CODE:
        if path.name == "actions.py" or (path.parent.name == "actions" and path.name != "__init__.py"):
            for node in parsed(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield path, node


# The desk's own upkeep, by the clock and without a person: it takes the time alone.
UPKEEP = {
    "delete_finished_jobs",
    "expire_undecided",
    "remove_leftovers",
    "retry_jobs_of_dead_workers",
    "seal",
    "sum_up_postings",
}


def test_every_verb_takes_by_and_now():
    missing = []
    for path, verb in verbs():
        names = {a.arg for a in (*verb.args.args, *verb.args.kwonlyargs)}
        if verb.name not in UPKEEP and not ({"by"} <= names and names & {"now", "at"}):
            missing.append(f"{named(path)}: {verb.name}")
    assert not missing, f"A verb is handed `by: Actor` and `now: datetime`; these are not: {missing}"


def test_every_verb_says_what_it_promises():
    silent = [f"{named(path)}: {verb.name}" for path, verb in verbs() if not ast.get_docstring(verb)]
    assert not silent, f"Say what these promise, in what units, and what they raise: {silent}"


def test_migrations_have_names():
    nameless = [named(p) for p in SOURCE.rglob("migrations/*.py") if re.search(r"_auto_|_initial", p.name)]
    assert not nameless, f"Give each migration a name that says what it does: {nameless}"


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_modules_are_named_after_an_idea(word):
    vague = [named(p) for p in MODULES if p.stem == word]
    assert not vague, f"Name the idea instead of {word}: {vague}"


def test_no_file_tells_two_stories():
    long = {named(p): n for p in OWN_CODE if (n := len(p.read_text(encoding="utf-8").splitlines())) > 520}
    assert not long, f"Past 400 lines look for two stories; these are well past it: {long}"


def test_screens_have_no_inline_script_or_style():
    found = []
    for path in SOURCE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son(click|load|change|submit)=", text):
            found.append(named(path))
    assert not found, f"The content policy forbids inline script and style; use a class or a module: {found}"


def test_a_tag_of_a_template_stands_in_one_line():
    broken = re.compile(r"\{\{(?:(?!\}\})[^\n])*$|\{%(?:(?!%\})[^\n])*$", re.MULTILINE)
    found = [
        named(path) for path in SOURCE.rglob("*.html") if broken.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"A tag over two lines is shown as it stands, not carried out: {found}"


def test_screens_mask_names_and_numbers():
    printed = re.compile(
        r"\{\{[^}]*\b(customer\.name|customer_name|payer_name|payer|msisdn)\b[^}]*\}\}|\|phone\b"
    )
    left = re.compile(r"\{% person_name [^%]* as payer %\}")
    found = [
        named(path)
        for path in SOURCE.rglob("*.html")
        if printed.search(text := path.read_text(encoding="utf-8")) and not left.search(text)
    ]
    assert not found, f"Show people with person_name, person_phone and person_text, which mask them: {found}"


def test_no_committed_file_names_a_package_index_or_a_path_of_one_machine():
    root = SOURCE.parent.parent
    hosts = re.compile(
        "|".join(["py" + r"pi\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian"])
    )
    found = []
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if (
            not path.is_file()
            or parts[0] in {".git", ".venv", ".paydesk", "node_modules"}
            or "__pycache__" in parts
            or "vendor" in parts
        ):
            continue
        if (
            any(part.startswith(".") and part not in {".ci"} for part in parts[:-1])
            or path.stat().st_size > 2_000_000
        ):
            continue
        if hosts.search(path.read_bytes().decode("utf-8", "ignore")):
            found.append(str(path.relative_to(root)))
    assert not found, f"Name no package index host: {found}"


def test_every_importer_has_a_sample_and_what_is_expected_of_it():
    importers = SOURCE / "importers"
    folders = [
        p for p in importers.iterdir() if (p / "__init__.py").exists() and p.name not in {"tests", "profiles"}
    ]
    assert folders
    bare = [p.name for p in folders if not list(p.glob("samples/*")) or not list(p.glob("expected/*"))]
    assert not bare, f"Put a small invented sample and its expected result beside: {bare}"


def test_every_importer_says_where_we_know_its_format_from():
    from paydesk.importers.about import About
    from paydesk.importers.registry import IMPORTERS

    silent = [
        each.name
        for each in IMPORTERS
        if not (isinstance(found := getattr(each, "about", None), About) and found.sources and found.source)
    ]
    assert not silent, f"Give these an `about` (importers/about.py), which ./paydesk formats shows: {silent}"
