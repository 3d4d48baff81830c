"""Nothing a person meets all day is left unmarked: templates, forms, refusals, what a deed says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import translation

from paydesk.web.language import spoken
from paydesk.web.tests.test_own_language import OTHERS, WEB, written

# Every folder of screens, and every package whose refusals they show, in whole sentences with figures.
# Visitors' pages have catalogues and a test of their own: public/tests/test_languages.py.
NOT_SCREENS = frozenset({"public", "tests", "locale", "static", "templatetags", "__pycache__"})
SCREENS = sorted(each.name for each in WEB.iterdir() if each.is_dir() and each.name not in NOT_SCREENS)
REFUSING = [
    "kernel",
    "reporting",
    *sorted(
        f"{layer}/{each.name}"
        for layer in ("domain", "foundation")
        for each in (WEB.parent / layer).iterdir()
        if each.is_dir() and each.name != "__pycache__"
    ),
]
SHOWN_AS_PARTS = frozenset({"label", "help_text", "says", "button", "told"})
SAID = {"done": 2, "confirmed": 1, "ValidationError": 0}  # calls that show a sentence, and its place
SEEN = ("title", "aria-label", "placeholder", "data-label", "data-say", "data-confirm", "data-confirm-yes")
NO_WORDS = frozenset({"paydesk", "CSV", "XLSX", "PDF", "SMS", "UTC", "Ctrl"})
_MARKED = re.compile(r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
_NO_TEXT = re.compile(
    r"{%\s*block (?:layout|columns)\s*%}(?:[\w\- ]|{%\s*(?:if|endif).*?%})*{%\s*endblock\s*%}"
)
_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
# Words that a template hands to a component, which puts them into the language itself.
_HANDED = re.compile(r"""{%\s*(?:action\s+"([^"]+)"|(?:action|include)\b(.*?)%})""", re.DOTALL)
_PART = re.compile(r'\b(?:text|label|says)="([^"]+)"')
_FIGURE = re.compile(r"%\(\w+\)[sd]|%[sd]")


class Bare(HTMLParser):
    """What a template shows or reads out without having it translated."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0
        self.feed(_TAG.sub("", _NO_TEXT.sub("", _MARKED.sub("", source))))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("kbd", "style", "script", "code")
        known = dict(attrs)
        for name in SEEN:
            self._see(known.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("kbd", "style", "script", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._see(data)

    def _see(self, text: str) -> None:
        if set(re.findall(r"[^\W\d_]{2,}", text)) - NO_WORDS:
            self.found.append(text.strip())


def sources(folder: Path, word: str = "") -> Iterator[ast.Module]:
    """The modules of a folder in which `word` stands."""
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            source = path.read_text(encoding="utf-8")
            if word in source:
                yield ast.parse(source)


def sentences_of(node: ast.expr, constants: dict[str, str]) -> list[str]:
    """Every sentence an expression can be, with `{}` for what is put in."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(each.value if isinstance(each, ast.Constant) else "{}" for each in values)]  # type: ignore[misc]
        case ast.IfExp(body=body, orelse=orelse):
            return sentences_of(body, constants) + sentences_of(orelse, constants)
        case ast.BinOp(left=left, op=ast.Mod()):
            return [_FIGURE.sub("{}", each) for each in sentences_of(left, constants)]
        case ast.Name(id=name) if name in constants:
            return [constants[name]]
    return []


def constants_of(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


@cache
def refusals(package: str) -> set[str]:
    found = set()
    for tree in sources(WEB.parent / package, "Refused("):
        constants = constants_of(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node).endswith("Refused") and node.args:
                found |= set(sentences_of(node.args[0], constants))
    return found


@cache
def words_of_screen(screen: str) -> set[str]:
    found: set[str] = set()
    for tree in sources(WEB / screen):
        constants = constants_of(tree)
        for node in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            shown = [part.value for part in node.keywords if part.arg in SHOWN_AS_PARTS]
            name = called(node)
            place = 0 if name.endswith("Refused") else SAID.get(name)
            shown += node.args[place : place + 1] if place is not None else []
            for each in shown:
                found |= set(sentences_of(each, constants))
    return found


def handed_to_components() -> set[str]:
    found = set()
    for path in (each for screen in SCREENS for each in (WEB / screen).rglob("*.html")):
        for label, parts in _HANDED.findall(path.read_text(encoding="utf-8")):
            found |= {label, *_PART.findall(parts)}
    return found - NO_WORDS - {""}


def told_by(words: set[str]) -> set[str]:
    """Sentences, not codes and names of fields."""
    return {
        each
        for each in words
        if not re.fullmatch(r"[a-z_.:\-]+", each)
        and "{{" not in each
        and re.search(r"[^\W\d_]{2}", each.replace("{}", ""))
    }


def test_a_template_shows_no_word_that_is_not_marked() -> None:
    bare = {
        f"{screen}/{path.name}": words
        for screen in SCREENS
        for path in sorted((WEB / screen).rglob("*.html"))
        if (words := Bare(path.read_text(encoding="utf-8")).found)
    }
    assert not bare, f"Put these into translate or blocktranslate: {bare}"


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_rule_refuses_and_a_form_says_is_there(language: str) -> None:
    needed = {each for package in REFUSING for each in told_by(refusals(package))}
    needed |= {each for screen in SCREENS for each in told_by(words_of_screen(screen))}
    assert len(needed) > 600
    missing = sorted(needed - set(written(language)))
    assert not missing, f"Write these in {language}: {missing}"


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_template_hands_to_a_component_is_there(language: str) -> None:
    known, needed = set(written(language)), handed_to_components()
    assert len(needed) > 100
    missing = sorted(each for each in needed if not {each, each.removesuffix("…")} & known)
    assert not missing, f"Write these in {language}: {missing}"


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_with_figures_keeps_each_of_them(language: str) -> None:
    for english, said in written(language).items():
        parts = english.split("{}")
        put_in = [f"<{n}>" for n in range(len(parts) - 1)]
        shown = said.format(*put_in) if put_in else ""
        # "day{}" is one day or two days: other languages say it their own way
        left = [slot for before, slot in zip(parts, put_in, strict=False) if not before[-1:].isalpha()]
        assert all(each in shown for each in left), english


def test_a_refusal_is_said_with_its_figures_and_what_is_not_ours_stays() -> None:
    refused = "CAS-000001Y is resolved: reopen it before you answer. No one else's sentence."
    with translation.override("fr"):
        assert (
            spoken(refused)
            == "CAS-000001Y est résolu\u00a0: rouvrez-le avant de répondre. No one else's sentence."
        )
        assert spoken("Account number, Full name") == "Numéro de compte, Nom complet"
        assert spoken("Move…") == "Déplacer…"
        assert spoken("Part applied") == "Imputé en partie", "a word of a list that begins a line"
        put_in = "Started 10 Nov, by closing time, 2 days later, calendar GH version 1, policy version 3."
        assert (
            spoken(put_in)
            == "Commencé 10 Nov, avant la fermeture, 2 jours plus tard, calendrier GH version 1,"
            " règle version 3."
        )
        assert spoken("Is Ama {there}?") == "Is Ama {there}?"
    with translation.override("en"):
        assert spoken(refused) is refused
