"""The tree of categories on the screen: any version of it, and changing the newest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.cases.categories import DOCUMENTS_BEFORE, REQUIRED
from paydesk.domain.cases.document_kinds import ASKED_FOR
from paydesk.domain.cases.queries import current_tree, tree_of
from paydesk.domain.triage import actions
from paydesk.domain.triage.queries import Version, open_by_category, versions
from paydesk.domain.triage.tree_edits import LONGEST_WORDS, changes_between, group_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.people_names import names_by_label

SEE, EDIT = "categories.edit:view", "categories.edit"
REQUIRED_SHORT = {"customer": "customer", "amount": "amount", "link": "a link", "identity": "identity"}
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Leaf:
    """One category of a version, with how many open cases have it."""

    code: str
    words: str
    checks: list[str]
    required: list[str]
    documents: list[tuple[str, list[str]]]
    is_retired: bool
    cases: int


@require_safe
@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """The tree of one version, the newest unless the address says otherwise; what each version changed."""
    actor = actor_of(request)
    newest, tree = current_tree()
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and int(asked) < newest else newest
    shown_tree = tree if number == newest else tree_of(number)
    counts = open_by_category(actor)
    made = versions()
    names = names_by_label({each.made_by for each in made if each.made_by})
    known = {
        "part": "categories",
        "number": number,
        "is_newest": number == newest,
        "groups": [
            (code, top["words"], [_leaf(each, leaf, counts) for each, leaf in top["children"].items()])
            for code, top in shown_tree.items()
        ],
        "versions": [(each, names.get(each.made_by, ""), told) for each, told in _told(made)],
        "may_edit": gate(actor, EDIT),
    }
    return render(request, "triage/tree.html", known)


def _leaf(code: str, leaf: Any, counts: dict[str, int]) -> Leaf:
    required = [REQUIRED_SHORT[name] for name in leaf.get("required", ())]
    documents = [
        (DOCUMENTS_BEFORE[before], [ASKED_FOR[kind] for kind in kinds])
        for before, kinds in leaf.get("documents", {}).items()
    ]
    retired = bool(leaf.get("retired"))
    return Leaf(code, leaf["words"], leaf["checks"], required, documents, retired, counts.get(code, 0))


def _told(made: list[Version]) -> list[tuple[Version, list[str]]]:
    """Each version with what it changed of the one before; the newest first."""
    before = {each.version: each.tree for each in made}
    return [
        (each, changes_between(before[each.version - 1], each.tree) if each.version else []) for each in made
    ]


def _documents(label: str, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, choices=list(ASKED_FOR.items()), help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class EditCategory(forms.Form):
    words = forms.CharField(label="Name", max_length=LONGEST_WORDS)
    group = forms.ChoiceField()
    checks = forms.CharField(
        label="Checklist, one line each", required=False, max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text="Ticked off before a case is resolved.",
    )  # fmt: skip
    required = forms.MultipleChoiceField(
        label="Asked for before it is resolved, beside cause and outcome", required=False,
        choices=[(name, words.rstrip(".")) for name, words in REQUIRED.items()],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    before_resolve = _documents("Documents asked for before it is resolved")
    before_risk = _documents(
        "Documents asked for before it is escalated to risk", "What is urgent goes to risk without them."
    )
    retired = forms.BooleanField(
        label="Retired: old cases keep it, no new one gets it", required=False
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)


class EditGroup(forms.Form):
    words = forms.CharField(label="Name", max_length=LONGEST_WORDS)
    version = forms.IntegerField(widget=forms.HiddenInput)


@dialog_view
@needs(EDIT)
def edit(request: HttpRequest, category: str = "") -> HttpResponse:
    """A category as it is in the next version, or a new one."""
    number, tree = current_tree()
    group = group_of(tree, category)
    if category and not group:
        raise Http404("There is no such category.")
    leaf = tree[group]["children"][category] if category else {}
    initial = {
        "words": leaf.get("words", ""), "group": group or request.GET.get("group", ""), "version": number,
        "checks": "\n".join(leaf.get("checks", ())), "required": leaf.get("required", []),
        "retired": leaf.get("retired", False),
        **{f"before_{before}": leaf.get("documents", {}).get(before, []) for before in DOCUMENTS_BEFORE},
    }  # fmt: skip
    is_sent = request.method == "POST"
    form = EditCategory(request.POST if is_sent else None, initial=initial, auto_id="category_%s")
    choices: Any = form.fields["group"]
    choices.choices = [(code, each["words"]) for code, each in tree.items()]
    if not category:
        del form.fields["retired"]
    at = came_from(request, reverse("categories:tree"))
    if is_sent and form.is_valid():
        data = form.cleaned_data
        made = actions.edit_category(
            category, group=data["group"], words=data["words"], checks=data["checks"].splitlines(),
            required=data["required"], retired=data.get("retired", False), version=data["version"],
            documents={before: data[f"before_{before}"] for before in DOCUMENTS_BEFORE},
            by=actor_of(request), now=timezone.now(),
        )  # fmt: skip
        return done(request, at, f"Version {made.version} of the categories counts from now on.")
    here = reverse("categories:edit", args=[category]) if category else reverse("categories:new")
    known = {"form": form, "at": at, "here": here, "title": leaf.get("words") or "New category"}
    return render(request, "triage/edit.html", known, status=422 if is_sent else 200)


@dialog_view
@needs(EDIT)
def group(request: HttpRequest, group_code: str = "") -> HttpResponse:
    """A group renamed, or a new one."""
    number, tree = current_tree()
    if group_code and group_code not in tree:
        raise Http404("There is no such group.")
    words = tree[group_code]["words"] if group_code else ""
    is_sent = request.method == "POST"
    form = EditGroup(
        request.POST if is_sent else None, initial={"words": words, "version": number}, auto_id="group_%s"
    )
    at = came_from(request, reverse("categories:tree"))
    if is_sent and form.is_valid():
        data = form.cleaned_data
        made = actions.edit_group(
            group_code, words=data["words"], version=data["version"], by=actor_of(request), now=timezone.now()
        )
        return done(request, at, f"Version {made.version} of the categories counts from now on.")
    here = reverse("categories:group", args=[group_code]) if group_code else reverse("categories:new_group")
    known = {"form": form, "at": at, "here": here, "title": words or "New group"}
    return render(request, "triage/edit.html", known, status=422 if is_sent else 200)
