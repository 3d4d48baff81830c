"""A Word file with places, filled in a sandbox: a template is text of a person, never a program.

docxtpl and jinja2 are read where a letter is: they take a process half a second to read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from paydesk.kernel.refused import Refused

MOST_UNPACKED_BYTES = 50 * 1024 * 1024
MOST_PARTS = 2_000
PLACE_OF_WORD = "word/document.xml"


class LetterRefused(Refused):
    """This template cannot be filled: no Word file, a broken place, or one that nothing fills."""

    code = "letter.refused"


def places_of(template: bytes) -> list[str]:
    """Names of the places of a template in order, "payment.amount" and such. Raises LetterRefused."""
    from jinja2 import (
        TemplateError,
        nodes,
    )  # as docxtpl, read where a letter is: it takes a process half a second

    document, environment = _opened(template), _environment()
    try:
        text = document.patch_xml(document.get_xml())
        tree = environment.parse(text)
    except (TemplateError, ValueError, KeyError) as problem:
        raise LetterRefused(f"A place of the letter is broken: {problem}.") from problem
    if any(True for _ in tree.find_all((nodes.Call, nodes.Macro, nodes.Include, nodes.Import))):
        raise LetterRefused("A letter has places only, like {{ payment.amount }}: nothing that is called.")
    found = [
        f"{node.node.name}.{node.attr}"
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    ]
    lone = {node.name for node in tree.find_all(nodes.Name)} - {each.partition(".")[0] for each in found}
    return list(dict.fromkeys([*found, *sorted(lone)]))


def write_letter(template: bytes, values: Mapping[str, str]) -> bytes:
    """The letter with its places filled; `values` are {"payment.amount": "50.00 GHS"}.

    Raises LetterRefused where a place has no value or an empty one, and names it.
    """
    from jinja2 import TemplateError

    missing = [name for name in places_of(template) if not values.get(name, "").strip()]
    if missing:
        named = ", ".join("{{ " + name + " }}" for name in missing)
        raise LetterRefused(f"Nothing fills {named}: confirm what the case is about first.", places=missing)
    context: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        group, _, field = name.partition(".")
        context.setdefault(group, {})[field] = value
    document = _opened(template)
    try:
        document.render(context, jinja_env=_environment(), autoescape=True)
    except TemplateError as problem:
        raise LetterRefused(f"The letter cannot be filled: {problem}.") from problem
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _opened(template: bytes) -> Any:
    from docxtpl import DocxTemplate

    try:
        with zipfile.ZipFile(BytesIO(template)) as parts:
            listed = parts.infolist()
            if len(listed) > MOST_PARTS or sum(each.file_size for each in listed) > MOST_UNPACKED_BYTES:
                raise LetterRefused("This Word file is far larger unpacked than a letter is.")
            if PLACE_OF_WORD not in parts.namelist():
                raise LetterRefused("This is no Word file (.docx).")
        document = DocxTemplate(BytesIO(template))
        document.init_docx()
    except (zipfile.BadZipFile, KeyError, ValueError) as problem:
        raise LetterRefused("This is no Word file (.docx), or it is damaged.") from problem
    return document
