"""The category tree changed in plain values: a new tree comes out, the one that goes in stays as it is.

A code never changes and is never used again, so that what was sorted before keeps its meaning: a category may
be renamed, moved to another group, or retired (kept for old cases, chosen for no new one).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from paydesk.domain.cases.categories import DOCUMENTS_BEFORE, REQUIRED
from paydesk.domain.cases.document_kinds import ASKED_FOR

MOST_CHECKS, LONGEST_WORDS, LONGEST_CHECK, LONGEST_CODE = 12, 60, 120, 40
Tree = dict[str, Any]


def problem_with_words(words: str) -> str:
    """Why a name cannot be used; "" where it can."""
    if not words.strip():
        return "Give it a name."
    return f"A name has up to {LONGEST_WORDS} letters." if len(words) > LONGEST_WORDS else ""


def group_of(tree: Mapping[str, Any], code: str) -> str:
    """The group a category stands in; "" for an unknown one."""
    return next((group for group, each in tree.items() if code in each["children"]), "")


def new_code(tree: Mapping[str, Any], group: str, words: str) -> str:
    """A code nobody has yet, from the words: "paying.twice_a_day"."""
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "category"
    known = {*tree, *(code for each in tree.values() for code in each["children"])}
    whole = f"{group}.{stem}" if group else stem
    whole = whole[: LONGEST_CODE - 3].rstrip("_")
    number, code = 1, whole
    while code in known:
        number += 1
        code = f"{whole}_{number}"
    return code


def with_category(
    tree: Mapping[str, Any],
    code: str,
    *,
    group: str,
    words: str,
    checks: Sequence[str],
    required: Sequence[str],
    documents: Mapping[str, Collection[str]],
    retired: bool,
) -> tuple[Tree, str]:
    """(tree, code) with the category `code` as said, a new one where `code` is ""; moved where it stood
    elsewhere. Raises ValueError with a sentence where it cannot be so."""
    if problem := problem_with_words(words):
        raise ValueError(problem)
    if group not in tree:
        raise ValueError("Choose the group it belongs to.")
    lines = list(dict.fromkeys(line for each in checks if (line := " ".join(each.split()))))
    if len(lines) > MOST_CHECKS or any(len(line) > LONGEST_CHECK for line in lines):
        raise ValueError(f"A checklist has up to {MOST_CHECKS} lines of up to {LONGEST_CHECK} letters.")
    if not set(required) <= set(REQUIRED):
        raise ValueError("Choose what is required from the list.")
    if not set(documents) <= set(DOCUMENTS_BEFORE) or not set().union(*documents.values()) <= set(ASKED_FOR):
        raise ValueError("Choose the documents from their list.")
    was = group_of(tree, code) if code else ""
    if code and not was:
        raise ValueError("There is no such category any more: look at the tree again.")
    same = [
        each
        for each, leaf in tree[group]["children"].items()
        if each != code and not leaf.get("retired") and leaf["words"].lower() == words.strip().lower()
    ]
    if same and not retired:
        raise ValueError(f"{tree[group]['words']} has a category {words.strip()} already.")
    made: Tree = copy.deepcopy(dict(tree))
    code = code or new_code(tree, group, words)
    leaf: dict[str, Any] = {"words": " ".join(words.split()), "checks": lines}
    if required:
        leaf["required"] = [name for name in REQUIRED if name in required]
    if any(documents.values()):
        leaf["documents"] = {
            before: [kind for kind in ASKED_FOR if kind in documents[before]]
            for before in DOCUMENTS_BEFORE
            if documents.get(before)
        }
    if retired:
        leaf["retired"] = True
    if was and was != group:
        del made[was]["children"][code]
    made[group]["children"][code] = leaf
    if not any(not each.get("retired") for top in made.values() for each in top["children"].values()):
        raise ValueError("One category has to remain.")
    return made, code


def with_group(tree: Mapping[str, Any], code: str, *, words: str) -> tuple[Tree, str]:
    """(tree, code) with a group renamed, a new one where `code` is "". Raises ValueError with a sentence."""
    if problem := problem_with_words(words):
        raise ValueError(problem)
    if code and code not in tree:
        raise ValueError("There is no such group any more: look at the tree again.")
    if any(each != code and top["words"].lower() == words.strip().lower() for each, top in tree.items()):
        raise ValueError(f"There is a group {words.strip()} already.")
    made: Tree = copy.deepcopy(dict(tree))
    code = code or new_code(tree, "", words)
    made.setdefault(code, {"words": "", "children": {}})["words"] = " ".join(words.split())
    return made, code


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a version changed, in sentences, in the order of the tree."""
    told = []
    for group, top in after.items():
        if group not in before:
            told.append(f"Group {top['words']} is new.")
        elif before[group]["words"] != top["words"]:
            told.append(f"Group {before[group]['words']} is now {top['words']}.")
    was = {code: (group, leaf) for group, top in before.items() for code, leaf in top["children"].items()}
    for group, top in after.items():
        for code, leaf in top["children"].items():
            told += _changes_of(code, was.get(code), group, leaf, before, after)
    return told


def _changes_of(
    code: str, known: tuple[str, Any] | None, group: str, leaf: Any, before: Any, after: Any
) -> list[str]:
    words = leaf["words"]
    if known is None:
        return [f"{words} is new, in {after[group]['words']}."]
    old_group, old = known
    told = []
    if old["words"] != words:
        told.append(f"{old['words']} is now {words}.")
    if old_group != group:
        told.append(f"{words} moved from {before[old_group]['words']} to {after[group]['words']}.")
    if bool(old.get("retired")) != bool(leaf.get("retired")):
        told.append(f"{words} is {'retired' if leaf.get('retired') else 'in use again'}.")
    if old["checks"] != leaf["checks"]:
        told.append(f"{words} has another checklist.")
    if old.get("required", []) != leaf.get("required", []):
        told.append(f"{words} asks for other fields.")
    if old.get("documents", {}) != leaf.get("documents", {}):
        told.append(f"{words} asks for other documents.")
    return told
