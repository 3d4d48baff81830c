"""The list of ready texts and letters; writing one in every language beside the places facts can fill."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases import actions
from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.desk import letters, ready_text, ready_texts, versions_of_text
from paydesk.domain.cases.placeholders import known_places
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.cases.texts import LANGUAGES, LONGEST_TITLE
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import done
from paydesk.web.people_names import names_by_label

SEE, WRITE = "cases.texts:view", "cases.texts"
ALL = ("", "all")


class TextForm(forms.Form):
    """A ready text: title, for which market and category, the words per language, what is done with it."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    market = forms.ChoiceField(required=False)
    category = forms.ChoiceField(label="Fits cases about", required=False)
    then_category = forms.ChoiceField(label="With it the case is sorted as", required=False)
    then_wait_hours = forms.IntegerField(
        label="With it the case waits for them, hours", required=False, min_value=1, max_value=24 * 60
    )

    def __init__(self, said: Any, *, markets: list[Any], initial: dict[str, Any] | None = None) -> None:
        super().__init__(said, initial=initial, auto_id="text_%s")
        words = list(leaves(current_tree()[1]).items())
        for name, choices in (
            ("market", [ALL, *((each.pk, each.name) for each in markets)]),
            ("category", [ALL, *words]),
            ("then_category", [("", "as it is"), *words]),
        ):
            field: Any = self.fields[name]
            field.choices = choices
        for code, language in LANGUAGES.items():
            self.fields[f"text_{code}"] = forms.CharField(
                label=language, required=False, max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 7 if code == "en" else 5, "lang": code}),
            )  # fmt: skip

    @property
    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"text_{code}"] for code in LANGUAGES}


class LetterForm(forms.Form):
    title = forms.CharField(max_length=LONGEST_TITLE, help_text="The same title again is its next version.")
    language = forms.ChoiceField(choices=list(LANGUAGES.items()))
    file = forms.FileField(label="Word file (.docx) with places like {{ payment.amount }}")


@require_safe
@needs(SEE)
def texts(request: HttpRequest) -> HttpResponse:
    """Every text and letter in use, by title, with its languages."""
    words, found, kept = leaves(current_tree()[1]), ready_texts(), letters()
    names = names_by_label([*(each.made_by for each in found), *(each.made_by for each in kept)])
    rows = [
        {
            "text": each, "category": words.get(each.category, ""), "by": names[each.made_by],
            "languages": [LANGUAGES[code] for code in LANGUAGES if code in each.texts],
            "missing": [LANGUAGES[code] for code in ("en", "fr", "sw") if code not in each.texts],
            "then": words.get(each.then_category, ""),
        }
        for each in found
    ]  # fmt: skip
    shown = [(each, LANGUAGES[each.language], names[each.made_by]) for each in kept]
    known = {"rows": rows, "letters": shown, "write": gate(actor_of(request), WRITE)}
    return render(request, "ready_texts/list.html", known)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """One text with its versions; sent, it becomes the next version."""
    actor, known = actor_of(request), ready_text(key) if key else None
    if key and (known is None or (known.market and not actor.sees(known.market))):
        raise Http404("There is no such text.")
    initial = {"then_wait_hours": None} if known is None else {
        "title": known.title, "market": known.market, "category": known.category,
        "then_category": known.then_category, "then_wait_hours": known.then_wait_hours,
        **{f"text_{code}": text for code, text in known.texts.items()},
    }  # fmt: skip
    is_sent = request.method == "POST"
    form = TextForm(request.POST if is_sent else None, markets=list(markets_of(actor)), initial=initial)
    if is_sent and form.is_valid():
        said = form.cleaned_data
        made = actions.save_ready_text(
            key, title=said["title"], texts=form.texts, market=said["market"], category=said["category"],
            then_category=said["then_category"], then_wait_hours=said["then_wait_hours"], by=actor,
            now=timezone.now(),
        )  # fmt: skip
        return done(request, reverse("ready_texts:list"), f"“{made.title}” is kept, version {made.version}.")
    versions = versions_of_text(key) if key else []
    names = names_by_label(each.made_by for each in versions)
    facts = {
        "form": form, "text": known, "fillable": known_places().items(), "write": gate(actor, WRITE),
        "versions": [(each, names[each.made_by]) for each in versions],
        "languages": [form[f"text_{code}"] for code in LANGUAGES],
    }  # fmt: skip
    return render(request, "ready_texts/edit.html", facts, status=422 if is_sent else 200)


@require_POST
@needs(WRITE)
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Offer a text to nobody any more."""
    if ready_text(key) is None:
        raise Http404("There is no such text.")
    gone = actions.retire_ready_text(key, by=actor_of(request), now=timezone.now())
    return done(request, reverse("ready_texts:list"), f"“{gone.title}” is offered no more.")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
@vary_on_headers("HX-Request", "HX-Target")
def letter(request: HttpRequest) -> HttpResponse:
    """A Word file as a letter in a language, or its next version."""
    is_sent = request.method == "POST"
    form = LetterForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, auto_id="letter_%s"
    )
    if is_sent and form.is_valid():
        said = form.cleaned_data
        made = actions.save_letter(
            said["title"], said["language"], said["file"], filename=said["file"].name,
            by=actor_of(request), now=timezone.now(),
        )  # fmt: skip
        return done(request, reverse("ready_texts:list"), f"“{made.title}” is kept, version {made.version}.")
    known = {"form": form, "fillable": known_places().items()}
    return render(request, "ready_texts/letter.html", known, status=422 if is_sent else 200)
