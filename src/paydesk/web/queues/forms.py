"""The forms of a queue: whose, what is next, a note, a name for a view."""

from __future__ import annotations

from typing import Any

from django import forms

from paydesk.foundation.assignments.rules import LONGEST_NOTE, LONGEST_STEP
from paydesk.foundation.people.models import Person

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GiveForm(forms.Form):
    """Whom to give something to; nobody lets it go."""

    owner = forms.TypedChoiceField(label="Who works on it", coerce=int, empty_value=None, required=False)

    def __init__(self, said: Any, *, people: list[Person], me: int | None) -> None:
        super().__init__(said, auto_id="give_%s")
        field: Any = self.fields["owner"]
        named = [(person.pk, f"{person.name} (me)" if person.pk == me else person.name) for person in people]
        named.sort(key=lambda choice: choice[0] != me)
        field.choices = [*named, ("", "nobody")]


class StepForm(forms.Form):
    """What happens next, until when. Both empty take the step away."""

    next_step = forms.CharField(
        label="What happens next, without names or numbers of customers",
        max_length=LONGEST_STEP,
        required=False,
    )
    next_step_on = forms.DateField(label="Until", required=False, widget=DAY)


class NoteForm(StepForm):
    """A note, and where one wants what happens next because of it."""

    text = forms.CharField(
        label="Note", max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )
    field_order = ("text", "next_step", "next_step_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_step"].label = "Next step, where there is one"
