"""Who did something, by the label under which it was recorded."""

from __future__ import annotations

from collections.abc import Iterable

from paydesk.foundation.people.queries import names_of
from paydesk.web.language import spoken


def names_by_label(labels: Iterable[str]) -> dict[str, str]:
    """ "person:12" becomes that person's name, "system:worker" the desk itself; one query."""
    known = set(labels)
    ids = {int(label[7:]) for label in known if label.startswith("person:") and label[7:].isdigit()}
    names = names_of(ids) if ids else {}
    return {
        label: names.get(int(label[7:]), label)
        if label.startswith("person:") and label[7:].isdigit()
        else spoken("the desk")
        if label.startswith("system:")
        else label
        for label in known
    }
