"""The dialog that sorts a case, opened by two people at once: neither takes back what the other one said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from paydesk.kernel.refused import Refused
from paydesk.web.language import spoken


class SortedMeanwhileRefused(Refused):
    """Somebody else said it differently since the dialog was opened."""

    code = "case.sorted_meanwhile"


def as_seen(initial: Mapping[str, Any]) -> str:
    """What the dialog showed, to be sent with it."""
    return json.dumps({name: value for name, value in initial.items() if name != "seen"}, default=str)


def keep_what_others_said(form: forms.Form, now: Mapping[str, Any]) -> None:
    """Let what this person left as they saw it be as it is `now`, which others may have changed.

    For a valid form; without what was seen, all counts. Raises SortedMeanwhileRefused where both changed one.
    """
    try:
        seen = json.loads(form.cleaned_data.pop("seen", "") or "{}")
    except ValueError:
        seen = {}
    for name, was in seen.items() if isinstance(seen, dict) else ():
        if name not in form.cleaned_data or name not in now:
            continue
        field, typed = form.fields[name], form[name].data
        went_on = field.has_changed(was, now[name])
        if went_on and not field.has_changed(was, typed):
            form.cleaned_data[name] = field.clean(now[name])
        elif went_on and field.has_changed(now[name], typed):
            raise SortedMeanwhileRefused(
                _("“%s” was changed by somebody else meanwhile: open the dialog again and look at it first.")
                % spoken(form[name].label),
                field=name,
            )
