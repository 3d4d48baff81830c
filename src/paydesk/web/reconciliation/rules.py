"""The rules of matching on a screen: as they stand, their versions, what is proposed; edited and checked."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.reconciliation import actions, queries
from paydesk.domain.reconciliation.rule_texts import changed_lines
from paydesk.domain.reconciliation.shapes import SHAPES
from paydesk.domain.reconciliation.states import PROPOSAL, RULES
from paydesk.foundation.approvals.queries import pending_about
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.matching.rules import read_rules
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import done
from paydesk.web.people_names import names_by_label
from paydesk.web.reconciliation.shown import SEE

EDIT = "matching.edit_rules"
LONGEST = 500
dialog_view: Any = require_http_methods(["GET", "HEAD", "POST"])
# What a pass does, in a sentence; its numbers follow from the YAML.
PASS_WORDS = {
    "exact": "confirms the n-th row of both sides with the same {key}, amount, currency and status",
    "groups": "confirms all rows that name one {key}, where both sides come to the same, net of fees",
    "differing": "an exception of a pair: the same {key}, and yet amount, status, sign or fee differ",
    "duplicates": "an exception of a row whose id has settled another row of its side",
    "reversals": "confirms a row and its reversal on one side",
    "derived": "weighs what two rows share and what differs; confirms alone from its certainty on",
    "covering": "suggests the one set of rows that comes to the amount of one row",
    "alone": "suggests an amount that stands on one row of each side, with nothing against it",
}  # fmt: skip
KEY_WORDS = {"provider_ref": "id of the provider", "reference": "reference", "batch": "settlement"}
NUMBER_WORDS = {
    "days": "day(s) apart at most", "minutes": "minutes apart at most", "hours": "hours apart at most",
    "auto": "‰ certainty confirms alone", "suggest": "‰ certainty is suggested",
    "margin": "‰ before the runner-up", "lines": "rows to choose from at most", "score": "‰ certainty",
}  # fmt: skip


class Edited(forms.Form):
    text = forms.CharField(
        label="The rules, in YAML", max_length=200_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "class": "code", "spellcheck": "false"}),
    )  # fmt: skip
    note = forms.CharField(
        label="What changes and why, for whoever decides", required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class Why(forms.Form):
    note = forms.CharField(label="Why", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


class Needed(forms.Form):
    matches_needed = forms.IntegerField(
        label="Matches of one shape from which on a change is proposed", min_value=2, max_value=100
    )


def rule_lines(rules: Any, text: str) -> list[dict[str, Any]]:
    """Every rule in its order, in words, with the line of the YAML at which it stands."""
    at = {
        m[1].strip("\"'"): number
        for number, line in enumerate(text.splitlines(), start=1)
        if (m := re.match(r"\s*-\s+name:\s*(\S+)", line))
    }
    return [
        {
            "place": place,
            "name": rule.name,
            "does": PASS_WORDS.get(rule.kind, rule.kind).format(key=KEY_WORDS.get(rule.key, rule.key)),
            "numbers": [(f"{value:,}", NUMBER_WORDS.get(name, name)) for name, value in rule.numbers.items()],
            "line": at.get(rule.name),
            "url": f"{reverse('reconciliation:quality')}?rule={rule.name}",
        }
        for place, rule in enumerate(rules.passes, start=1)
    ]


@require_safe
@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """The rules in force, or those of `version`; what is proposed; every version and how often it was run."""
    actor = actor_of(request)
    asked = request.GET.get("version", "")
    now_used = queries.rules_in_force()
    seen = queries.rules_named(asked) if asked else now_used
    if seen is None:
        raise Http404("There are no rules of this version here any more.")
    versions = list(queries.rules_versions()[:50])
    waiting = pending_about("rules_version", [each.pk for each in versions])
    offers = list(queries.proposals())
    names = names_by_label(
        {each.asked_by for each in versions} | {each.decided_by for each in versions} - {""}
    )
    known = {
        "tab": "rules",
        "in_force": now_used,
        "seen": seen,
        "is_in_force": seen.rules.version == now_used.rules.version,
        "lines": rule_lines(seen.rules, seen.text),
        "yaml": list(enumerate(seen.text.splitlines(), start=1)),
        "changes": changed_lines(now_used.text, seen.text)
        if seen.rules.version != now_used.rules.version
        else [],
        "uses": queries.uses_of_rules(actor)[:20],
        "versions": [
            {
                "each": each,
                "state": (RULES.family(each.state), each.state),
                "asked_by": names[each.asked_by],
                "decided_by": names[each.decided_by] if each.decided_by else "",
                "url": f"?version={each.label}",
                "approval_url": page_of("approval", waiting[each.pk].pk) if each.pk in waiting else "",
            }
            for each in versions
        ],
        "shipped": queries.shipped_version(),
        "proposals": [offered(each) for each in offers],
        "decided": [offered(each) for each in queries.proposals(states=("adopted", "refused"))[:10]],
        "needed": queries.matches_needed(),
        "may_edit": gate(actor, EDIT),
        "may_refuse": gate(actor, EDIT if actor.may(EDIT) else f"{EDIT}:check"),
    }
    return render(request, "reconciliation/rules.html", known)


def offered(each: Any) -> dict[str, Any]:
    """A proposal in words: what it changes, what speaks for it, how right it was on history."""
    judged = each.agreed + each.contradicted
    tenths = each.agreed * 1_000 // judged if judged else None
    return {
        "each": each,
        "state": (PROPOSAL.family(each.state), each.state),
        "sentence": SHAPES[each.shape][2].format(f"{each.value:,}"),
        "support": len(each.match_ids),
        "matches": [(pk, reverse("reconciliation:match_page", args=[pk])) for pk in each.match_ids[:10]],
        "precision": "" if tenths is None else f"{tenths // 10}.{tenths % 10} %",
        "judged": judged,
    }


@dialog_view
@needs(SEE)
def edit(request: HttpRequest) -> HttpResponse:
    """The YAML to change: checked with the line of what is wrong, then asked to be adopted."""
    actor = actor_of(request)
    own = queries.rules_in_force()
    is_sent = request.method == "POST"
    form = Edited(request.POST if is_sent else None, initial={"text": own.text}, auto_id="rules_%s")
    blocked = gate(actor, EDIT).reason
    problem, changes, status = "", None, 200
    if is_sent and form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        try:
            read_rules(text)
            changes = changed_lines(own.text, text)
            if "ask" in request.POST:
                made = actions.request_rules(
                    text, note=form.cleaned_data["note"], by=actor, now=timezone.now()
                )
                told = f"Asked: a controller decides on rules {made.label}."
                return done(request, reverse("reconciliation:rules"), told)
        except NotAllowedRefused:
            raise
        except Refused as refused:
            problem, status = refused.text, 422
    line = re.search(r"line (\d+)", problem)
    known = {
        "form": form, "problem": problem, "changes": changes, "blocked": blocked, "in_force": own,
        "tab": "rules", "bad_line": _line_of(form, int(line[1])) if line else None,
    }  # fmt: skip
    return render(request, "reconciliation/rules_edit.html", known, status=status)


def _line_of(form: forms.Form, number: int) -> tuple[int, str] | None:
    lines = form.cleaned_data["text"].splitlines()
    return (number, lines[number - 1]) if 0 < number <= len(lines) else None


@dialog_view
@needs(SEE)
def decide(request: HttpRequest, proposal_id: int, deed: str) -> HttpResponse:
    """Ask a controller to adopt a proposed change, or refuse it."""
    actor = actor_of(request)
    if deed not in ("adopt", "refuse"):
        raise Http404("There is no such act.")
    try:
        proposal = queries.proposal_for(proposal_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such proposal.") from None
    form = Why(request.POST if request.method == "POST" else None, auto_id="decide_%s")
    back = reverse("reconciliation:rules")
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data["note"], timezone.now()
        if deed == "adopt":
            made = actions.request_proposal(proposal.pk, note=said, by=actor, now=now)
            return done(request, back, f"Asked: a controller decides on rules {made.label}.")
        actions.refuse_proposal(proposal.pk, reason=said, by=actor, now=now)
        return done(request, back, "Refused. It comes again only with twice as many matches.")
    right = EDIT if deed == "adopt" or actor.may(EDIT) else f"{EDIT}:check"
    known = {
        "offer": offered(proposal), "form": form, "deed": deed,
        "blocked": gate(actor, right).reason
        or ("" if proposal.state == "open" else "Somebody decided on it already."),
        "title": "Adopt the change" if deed == "adopt" else "Refuse the change",
        "button": "Ask to adopt it" if deed == "adopt" else "Refuse it",
    }  # fmt: skip
    return render(
        request, "reconciliation/rules_decide.html", known, status=422 if request.method == "POST" else 200
    )


@dialog_view
@needs(SEE)
def learning(request: HttpRequest) -> HttpResponse:
    """From how many matches on a change is proposed."""
    actor = actor_of(request)
    form = Needed(
        request.POST if request.method == "POST" else None,
        initial={"matches_needed": queries.matches_needed()}, auto_id="needed_%s",
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["matches_needed"]
        actions.set_matches_needed(number, by=actor, now=timezone.now())
        return done(request, reverse("reconciliation:rules"), f"From {number} matches on.")
    known = {"form": form, "blocked": gate(actor, EDIT).reason}
    return render(
        request, "reconciliation/rules_learning.html", known, status=422 if request.method == "POST" else 200
    )
