"""What a person can do with a thing from its page: a button, the dialog behind it, and the verb it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from paydesk.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Deed:
    """`states` are those in which it can be done; `do` is called with (thing, form's data, by, now).

    `says` stands above the form, `button` on it, `told` is what the person reads once it is done. It stands
    only with a thing that it `fits`.
    """

    name: str
    label: str
    key: str
    states: tuple[str, ...]
    form: type[forms.Form]
    do: Callable[[Any, dict[str, Any], Actor, Any], object]
    says: str
    button: str
    told: str
    primary: bool = False
    fits: Callable[[Any], bool] = lambda thing: True


class Nothing(forms.Form):
    """A dialog that only asks whether."""
