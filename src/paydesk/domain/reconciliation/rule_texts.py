"""The YAML of rules changed by one number, with everything else in it, its comments too, as it stands."""

from __future__ import annotations

import difflib
import re

_VERSION = re.compile(r'^version:[ \t]*("?)([^"\s#]+)\1', re.MULTILINE)
_NAME = re.compile(r"^\s*-\s+name:\s*(\S+)")


def with_version(text: str, label: str) -> str:
    """The rules under another version."""
    return _VERSION.sub(f'version: "{label}"', text, count=1)


def next_label(shipped: str, taken: set[str]) -> str:
    """What the next version of the desk is called: that of the rules paydesk came with, and a number."""
    number = 1
    while f"{shipped}.{number}" in taken:
        number += 1
    return f"{shipped}.{number}"


def with_number(text: str, rule: str, number: str, value: int) -> str:
    """The rules with one number of one rule changed. Raises ValueError where the text has no such line."""
    lines, at = text.splitlines(keepends=True), None
    for place, line in enumerate(lines):
        if named := _NAME.match(line):
            at = named[1].strip("\"'") == rule
        elif at and (found := re.match(rf"^(\s+{re.escape(number)}:\s*)(\d+)", line)):
            lines[place] = f"{found[1]}{value}{line[found.end() :]}"
            return "".join(lines)
    raise ValueError(f"The rule {rule} has no {number}.")


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that went and came, as ("-", text) and ("+", text), in their order."""
    found = []
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""):
        if line[:1] in "+-" and not line.startswith(("+++", "---")):
            found.append((line[0], line[1:].strip()))
    return found
