"""What is asked for of a field: its name and type, its answers, whose cases have it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.own_fields import LONGEST_HELP, LONGEST_LABEL, TYPES, OwnField
from paydesk.domain.cases.queries import current_tree
from paydesk.web.language import spoken


class FieldForm(forms.Form):
    """`field` is the one that is changed; its type stays, for cases have values of it."""

    label = forms.CharField(label="Name", max_length=LONGEST_LABEL)
    type = forms.ChoiceField(choices=list(TYPES.items()), help_text="It stays: choose it well.")
    help_text = forms.CharField(label="Help beside the field", max_length=LONGEST_HELP, required=False)
    choices = forms.CharField(
        label="Answers of a choice, one line each", required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One that is taken off stays with the cases that have it.",
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        label="Cases about (none: every case)", required=False, widget=forms.CheckboxSelectMultiple
    )
    is_required = forms.BooleanField(label="Filled in before a case is resolved", required=False)
    is_retired = forms.BooleanField(label="Retired: asked for no more, old cases keep it", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, said: Any, field: OwnField | None) -> None:
        initial: dict[str, Any] = {"version": 0}
        if field is not None:
            names = ("label", "type", "help_text", "categories", "is_required", "is_retired", "version")
            initial = {name: getattr(field, name) for name in names}
            initial["choices"] = "\n".join(field.choices)
        super().__init__(said, initial=initial, auto_id="field_%s")
        tree = current_tree()[1]
        words = leaves(tree, retired=True)
        where: Any = self.fields["categories"]
        where.choices = [
            pair
            for group, top in tree.items()
            for pair in (
                (group, _("%s: all") % spoken(top["words"])),
                *((c, words[c]) for c in top["children"]),
            )
        ]
        if field is None:
            del self.fields["is_retired"]
        else:
            del self.fields["type"]
            if field.type != "choice":
                del self.fields["choices"]

    @property
    def said(self) -> dict[str, Any]:
        """What the verb is told."""
        return {**self.cleaned_data, "choices": self.cleaned_data.get("choices", "").splitlines()}
