"""The model: how good it is, what it may fill in, how its suggestions held, and having it learnt now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.triage.queries import current_model, newest_models, suggestions_in_days
from paydesk.domain.triage.states import MODEL
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.people_names import names_by_label

SEE, LEARN = "categories.learn:view", "categories.learn"
LEAST_LABELLED, LEAST_FILLED = 30, 10


def per_cent(thousandths: int | None) -> str:
    """Thousandths of a whole: 974 is "97.4 %"; nothing measured is a dash."""
    return "–" if thousandths is None else f"{thousandths // 10}.{thousandths % 10} %"


def share(part: int, whole: int) -> str:
    return per_cent(part * 1000 // whole) if whole else "–"


@dataclass(frozen=True, slots=True)
class GateLine:
    """One category of the model: whether it may be filled in, and the figures it hangs on."""

    words: str
    code: str
    labelled: int
    filled: int
    right: int
    is_open: bool

    @property
    def precision(self) -> str:
        return share(self.right, self.filled)

    @property
    def why(self) -> str:
        if self.is_open:
            return "may be filled in"
        if self.labelled < LEAST_LABELLED:
            return f"{LEAST_LABELLED} cases are needed"
        return (
            f"{LEAST_FILLED} above the threshold are needed" if self.filled < LEAST_FILLED else "below 95 %"
        )


@require_safe
@needs(SEE)
def model(request: HttpRequest) -> HttpResponse:
    """The model that is asked now, category by category, and those before it."""
    actor, now = actor_of(request), timezone.now()
    found, models = current_model(), newest_models()
    kept = suggestions_in_days(actor, now)
    names = names_by_label({each.asked_by for each in models})
    words = leaves(current_tree()[1], retired=True)
    known: dict[str, Any] = {
        "part": "categories",
        "model": found,
        "figures": _figures(found.figures) if found else [],
        "threshold": per_cent(found.threshold) if found else "",
        "gates": [
            GateLine(words.get(each["category"], each["category"]), each["category"], each["labelled"],
                     each["filled"], each["right"], each["is_open"])
            for each in (found.gates if found else ())
        ],
        "models": [
            (each, names[each.asked_by], MODEL.family(each.state), per_cent(each.figures.get("accuracy")))
            for each in models
        ],
        "is_learning": any(each.state == "asked" for each in models),
        "kept": kept,
        "held": [
            ("First was right", share(kept.first_right, kept.suggested)),
            ("One of three was", share(kept.one_of_three, kept.suggested)),
            ("Filled in and left so", share(kept.filled_right, kept.filled)),
            ("Filled in without a person", share(kept.filled, kept.resolved)),
        ],
        "may_learn": gate(actor, LEARN),
    }  # fmt: skip
    return render(request, "triage/model.html", known)


def _figures(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, figure, what it says), as measured on cases left out."""
    return [
        ("Accuracy", per_cent(figures.get("accuracy")), "the first suggestion was right"),
        ("One of three", per_cent(figures.get("top3")), "one of the three was right"),
        ("Small and large alike", per_cent(figures.get("macro_f1")), "mean F1 over the categories"),
        ("Calibration error", per_cent(figures.get("ece")), "how far confidence and truth lie apart"),
        ("Coverage", per_cent(figures.get("coverage")), "cases above the threshold"),
        ("Precision there", per_cent(figures.get("precision_at_coverage")), "of these were right"),
    ]
