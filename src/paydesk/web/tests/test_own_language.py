"""The desk's own screens in French and Swahili: what is marked is translated, English stays as it was."""

from __future__ import annotations

import ast
import gettext
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.humanize.templatetags.humanize import intcomma
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import localize

from paydesk.domain.cases import rules
from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.cases.identity import VERBS, why_not
from paydesk.domain.cases.queries import VIEWS, code
from paydesk.foundation.people.authority import ROLES
from paydesk.web.cases.deeds import DEEDS
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox
from paydesk.web.language import LANGUAGES, SAID_BY_SCRIPTS
from paydesk.web.navigation import PLACES, SECTIONS

WEB = Path(__file__).resolve().parents[1]
FOLDER = WEB / "locale"
OTHERS = sorted(set(LANGUAGES) - {"en"})
_TRANSLATE = re.compile(r"""{%\s*translate\s+("[^"]*"|'[^']*')(?:\s+context\s+"([^"]*)")?""")
_BLOCK = re.compile(
    r"{%\s*blocktranslate.*?%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktranslate\s*%}", re.DOTALL
)
_ARGUMENT = re.compile(r"""\b_\(("[^"]*")\)""")
_PLACE = re.compile(r"%\(\w+\)s|%s")


def _key(context: str, text: str) -> str:
    return f"{context}\x04{text}" if context else text


@cache
def marked() -> frozenset[str]:
    """Every sentence that templates and screens of the desk mark, as the catalogue names it."""
    found = set(SAID_BY_SCRIPTS)
    for path in (each for each in WEB.rglob("*.html") if "public" not in each.parts):
        source = path.read_text(encoding="utf-8")
        found |= {_key(context, ast.literal_eval(text)) for text, context in _TRANSLATE.findall(source)}
        for one, _ in _BLOCK.findall(source):
            found.add(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", one.replace("%", "%%")))
        found |= {ast.literal_eval(text) for text in _ARGUMENT.findall(source)}
    for path in (each for each in WEB.rglob("*.py") if not {"public", "tests"} & set(each.parts)):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "gettext" in source else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                found.add(ast.literal_eval(node.args[0]))
    return frozenset(found)


def of_the_domain() -> set[str]:
    """Words of the domain that are put into the person's language where they are shown."""
    found = {each.label for each in PLACES} | {each.label for each in SECTIONS} | set(VIEWS.values())
    for words in (
        rules.CHANNELS, rules.PARTY_ROLES, rules.CALL_OUTCOMES, rules.MONEY_OUTCOMES, rules.HARMS,
        rules.LEVEL_WORDS, rules.FACTS_ASKED, rules.STRONG_WAYS, ROOT_CAUSES, ROLES,
    ):  # fmt: skip
        found |= set(words.values())
    for deed in DEEDS.values():
        found |= {deed.label, deed.says, deed.button, deed.told, f"{deed.label}…"}
    asked = {why_not(verb, level="unverified", party_role="customer") for verb in VERBS} - {""}
    return found | asked


def compiled(language: str) -> gettext.GNUTranslations:
    with (FOLDER / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def written(language: str) -> dict[str, str]:
    """The catalogue as it is shipped: English (of a plural its singular) and what is said instead."""
    catalogue: dict[Any, str] = compiled(language)._catalog  # type: ignore[attr-defined]
    said = {key[0] if isinstance(key, tuple) else key: text for key, text in catalogue.items()}
    return {key: text for key, text in said.items() if key}


@pytest.mark.parametrize("language", OTHERS)
def test_every_marked_sentence_is_there_and_compiled_as_it_is_written(language: str) -> None:
    words, needed = written(language), marked()
    assert len(needed) > 300
    missing = sorted(needed - set(words))
    assert not missing, f"Write these in {language}: {missing}"
    po = (FOLDER / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^(?:msgctxt "(.+)"\n)?msgid (".+")\nmsgstr (".+")$', po, re.MULTILINE)
    said = {_key(context, ast.literal_eval(text)): ast.literal_eval(own) for context, text, own in pairs}
    assert {english: words[english] for english in said} == said, "compile django.po with msgfmt"
    for english, text in words.items():
        assert sorted(_PLACE.findall(english)) == sorted(_PLACE.findall(text)), english


@pytest.mark.parametrize("language", OTHERS)
def test_words_of_the_domain_that_people_see_all_day_are_there(language: str) -> None:
    missing = sorted(of_the_domain() - set(written(language)))
    assert not missing, f"Write these in {language}: {missing}"


@pytest.mark.parametrize("language", OTHERS)
def test_figures_look_alike_in_every_language(language: str) -> None:
    with translation.override(language):
        assert intcomma(1234567) == "1,234,567"
        assert localize(1234.5) == "1234.5"


class Texts(HTMLParser):
    """What a page shows or reads out, piece by piece."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "html":
            self.language = known.get("lang") or ""
        self.found |= {known.get(name) or "" for name in ("title", "aria-label", "placeholder", "data-label")}

    def handle_data(self, data: str) -> None:
        self.found.add(data.strip().strip(".,:;()").strip())


class OwnLanguage(OnTheInbox):
    def pages(self, language: str = "") -> list[str]:
        """Home, the inbox with a case open, the dialog that proves who asks, the lead's team."""
        case = self.opened(is_complaint=True)
        here, headers = code(case), {"Accept-Language": language} if language else {}
        addresses = {
            "/": "SU", f"{reverse('cases:inbox')}?view=team&open={here}": "SU",
            reverse("cases:act", args=[here, "verify"]): "SU", reverse("home_team"): "TL",
        }  # fmt: skip
        return [
            self.clients[role].get(at, headers=headers).content.decode() for at, role in addresses.items()
        ]

    def test_no_sentence_of_the_catalogue_is_left_in_english(self) -> None:
        for language in OTHERS:
            said = {english for english, text in written(language).items() if english != text}
            said -= {self.contract.customer.name}
            for page in self.pages(f"{language}-XX,en;q=0.5"):
                texts = Texts(page)
                assert texts.language == language
                left = texts.found & said
                assert not left, (language, left)

    def test_english_is_what_stands_in_the_templates(self) -> None:
        _home, inbox, dialog, team = self.pages("de, en;q=0.9, fr;q=0.1")
        assert Texts(inbox).language == "en"
        assert "data-words" not in inbox
        for words in (
            "What was said and done",
            "All on this page",
            "Assign to me",
            "Answer for the first time",
        ):
            assert words in inbox, words
        assert "Ask, do not tell: whoever answers two of these is told status and balance, no more." in dialog
        assert "Every clock has more time left than its work usually takes." in team

    def test_each_person_chooses_for_themselves_on_every_device(self) -> None:
        agent, elsewhere = self.clients["SU"], Client(headers={"Accept-Language": "fr"})
        answer = agent.post(reverse("account:language"), {"language": "sw"})
        assert answer.status_code == 302
        elsewhere.force_login(self.people["SU"])
        page, there = (each.get(reverse("account:page")).content.decode() for each in (agent, elsewhere))
        assert (Texts(page).language, Texts(there).language) == ("sw", "sw")
        assert "Dawati linazungumza Kiswahili." in page
        assert agent.post(reverse("account:language"), {"language": "xx"}).status_code == 409
        elsewhere.force_login(self.people["TL"])  # who never chose: as this browser asks
        assert Texts(elsewhere.get(reverse("account:page")).content.decode()).language == "fr"
        assert translation.get_language() == "en", "nothing stays behind for the next request"

    def test_sign_in_speaks_what_was_last_chosen_in_this_browser(self) -> None:
        browser = Client(headers={"Accept-Language": "fr"})
        sign_in, choose = reverse("account_login"), reverse("account_language")
        assert Texts(browser.get(sign_in).content.decode()).language == "fr"
        answer = browser.post(choose, {"language": "sw", "next": "/cases/"})
        assert answer.headers["Location"] == f"{sign_in}?next=%2Fcases%2F"
        assert Texts(browser.get(sign_in).content.decode()).language == "sw"
        assert browser.post(choose, {"language": "xx"}).status_code == 409
        elsewhere = browser.post(choose, {"language": "en", "next": "https://elsewhere.example/"})
        assert elsewhere.headers["Location"] == sign_in
        browser.force_login(self.people["SU"])
        browser.post(reverse("account:language"), {"language": "sw"})
        browser.post(reverse("account_logout"))
        assert Texts(browser.get(sign_in).content.decode()).language == "sw"
