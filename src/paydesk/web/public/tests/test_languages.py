"""Every text that a visitor can see is there in every language, and what is shipped is what is written."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

from paydesk.domain.doors.rules import LANGUAGES

PACKAGE = Path(__file__).resolve().parents[3]
FOLDER = settings.LOCALE_PATHS[0]
_TRANSLATE = re.compile(r"""{%\s*translate\s+("[^"]*"|'[^']*')""")
_BLOCK = re.compile(r"{%\s*blocktranslate.*?%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)


def texts() -> set[str]:
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        at_a_door = {"doors", "public"} & set(path.parts) or path.name == "standing_answers.py"
        if not at_a_door or "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                found.add(ast.literal_eval(node.args[0]))
    for path in (PACKAGE / "web" / "public").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        found |= {ast.literal_eval(text) for text in _TRANSLATE.findall(source)}
        found |= {re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text) for text in _BLOCK.findall(source)}
    return found


def written(language: str) -> dict[str, str]:
    source = (FOLDER / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid (".+")\nmsgstr (".*")$', source, re.MULTILINE)
    return {ast.literal_eval(each): ast.literal_eval(text) for each, text in pairs}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_every_text_is_there_and_compiled_as_it_is_written(language: str) -> None:
    po = written(language)
    with (FOLDER / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        mo = gettext.GNUTranslations(file)
    needed = texts()
    assert len(needed) > 40
    missing = sorted(text for text in needed if not po.get(text))
    assert not missing, f"Write these in {language}: {missing}"
    assert not sorted(set(po) - needed), "no page shows these any more"
    assert {text: mo.gettext(text) for text in po} == po, "compile django.po with msgfmt"
    for text, said in po.items():
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", said)), text
