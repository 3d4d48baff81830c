"""Up to how much the first checker decides, who stands in for whom, who is close to whose account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from paydesk.domain.contracts.queries import ids_by_account
from paydesk.domain.parties.queries import customer_for
from paydesk.foundation.approvals import queries, rules
from paydesk.foundation.approvals.actions import (
    declare_relation,
    delegate,
    end_delegation,
    end_relation,
    set_limit,
)
from paydesk.foundation.people.authority import RIGHTS, ROLES, roles_with
from paydesk.foundation.people.queries import markets_of, names_of, people_found
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.references import key_of
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, declares, gate, needs
from paydesk.web.account.rights import RIGHT_WORDS
from paydesk.web.addresses import code_in, number_in
from paydesk.web.answers import done
from paydesk.web.contracts.forms import day_input
from paydesk.web.payments.filters import AmountField

if TYPE_CHECKING:
    from paydesk.domain.parties.models import Customer
    from paydesk.foundation.people.models import Market

GIVE_ROW = "goodwill.give"
LIMITED = tuple(right for right in RIGHTS if f"{right}_above_limit" in RIGHTS)
LIMIT_WORDS = {right: RIGHT_WORDS[right] for right in LIMITED} | {
    right: f"{RIGHT_WORDS[right.partition(':')[0]]}: {right.partition(':')[2]}"
    for right in rules.ALONE_LIMITS
}
CURRENCIES = tuple(sorted(rules.DEFAULT_LIMITS["refunds.entitle"]))
MANAGE_PEOPLE, MANAGE_SETTINGS = "people.manage", "settings.manage"
either_way = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, also where that is nothing; None while only looking."""
    return request.POST if request.method == "POST" else None


def styled(form: forms.Form) -> forms.Form:
    for field in form.fields.values():
        is_choice = isinstance(field, forms.ChoiceField)
        field.widget.attrs.setdefault("class", "form-select" if is_choice else "form-control")
    return form


# Limits


class LimitForm(forms.Form):
    right = forms.ChoiceField(label="For")
    market = forms.ChoiceField()
    currency = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, markets: list[Market], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="limit_%s", **kwargs)
        self.markets = {market.pk: market for market in markets}
        fields: dict[str, Any] = self.fields
        fields["right"].choices = list(LIMIT_WORDS.items())
        fields["market"].choices = [(m.pk, f"{m.name} ({m.currency})") for m in markets]
        own = [("", "that of the market"), *((code, code) for code in CURRENCIES)]
        fields["currency"].choices = own
        fields["amount"] = AmountField("Up to and including")
        fields["amount"].required = True

    def clean(self) -> None:
        amount = self.cleaned_data.get("amount")
        market = self.markets.get(self.cleaned_data.get("market", ""))
        if amount is None or market is None:
            return
        currency = self.cleaned_data.get("currency") or market.currency
        minor = exact_minor(amount, currency)
        if minor is None:
            self.add_error("amount", f"{currency} has no such part.")
        else:
            self.cleaned_data["limit"] = Money(minor, currency)


@dataclass(frozen=True, slots=True)
class ShownLimit:
    """How much the first checker decides in a market; `set_by` is empty where the default counts."""

    market: str
    amount: Money
    set_by: str
    set_at: Any


@dataclass(frozen=True, slots=True)
class LimitedRight:
    """What is limited, who decides up to the limit and above it, and how much that is in each market."""

    words: str
    upto: str
    above: str
    limits: Sequence[ShownLimit]


@either_way
@needs("settings.manage:view")
def limits(request: HttpRequest) -> HttpResponse:
    """Every limit of the person's markets, set or by default; setting one."""
    actor = actor_of(request)
    markets = list(markets_of(actor))
    form = LimitForm(sent(request), markets=markets)
    styled(form)
    if request.method == "POST":
        actor.needs(MANAGE_SETTINGS)
        if form.is_valid():
            said = form.cleaned_data
            set_limit(said["right"], market=said["market"], limit=said["limit"], by=actor, now=timezone.now())
            messages.success(request, f"{LIMIT_WORDS[said['right']]}: up to {said['limit']}.")
            return redirect("approvals:limits")
    found = {(each.right, each.market, each.currency): each for each in queries.limits()}
    names = names_of({person_number(each.set_by) for each in found.values()})
    rights = []
    for right in LIMIT_WORDS:
        rows = []
        for market in markets:
            for currency in dict.fromkeys([market.currency, *CURRENCIES]):
                each = found.get((right, market.pk, currency))
                if each is None and currency != market.currency:
                    continue
                minor = each.amount_minor if each else None
                rows.append(
                    ShownLimit(
                        market.name, rules.limit_for(right, currency, minor),
                        names.get(person_number(each.set_by), each.set_by) if each else "",
                        each.set_at if each else None,
                    )
                )  # fmt: skip
        rights.append(LimitedRight(LIMIT_WORDS[right], *deciders(right), rows))
    known = {"tab": "limits", "rights": rights, "form": form, "may": gate(actor, MANAGE_SETTINGS)}
    return render(request, "approvals/limits.html", known, status=422 if form.errors else 200)


def deciders(right: str) -> tuple[str, str]:
    """Who decides up to a limit and above it; whoever may alone needs nobody up to theirs."""
    if right in rules.ALONE_LIMITS:
        return "nobody: whoever gives it, alone", decide_words(GIVE_ROW)
    return decide_words(right), decide_words(f"{right}_above_limit")


def decide_words(right: str) -> str:
    """The roles that decide as the second person in any case: "Team lead, Finance controller"."""
    return ", ".join(ROLES[role] for role in roles_with(f"{right}:check"))


def person_number(label: str) -> int:
    number = label.removeprefix("person:")
    return int(number) if number.isdigit() else 0


# Absences


class AbsenceForm(forms.Form):
    """Who is away (oneself, unless one manages people), who decides meanwhile, from when to when."""

    person = forms.TypedChoiceField(label="Who is away", coerce=int)
    stands_in = forms.TypedChoiceField(label="Who decides meanwhile", coerce=int)
    from_on = forms.DateField(label="From", widget=day_input())
    through_on = forms.DateField(label="Through", widget=day_input())

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="absence_%s", **kwargs)
        people = [(person.pk, person.name) for person in people_found(state="active")]
        fields: dict[str, Any] = self.fields
        fields["stands_in"].choices = [("", "choose"), *((pk, name) for pk, name in people if pk != actor.id)]
        everybody = actor.may(MANAGE_PEOPLE)
        fields["person"].choices = people if everybody else [(actor.id, actor.name)]


@dataclass(frozen=True, slots=True)
class ShownAbsence:
    id: int
    person: str
    stands_in: str
    from_on: date
    through_on: date
    may_end: bool


@either_way
@declares("")
def absences(request: HttpRequest) -> HttpResponse:
    """Who stands in for oneself; for whoever manages people, for everybody."""
    actor, now = actor_of(request), timezone.now()
    today = timezone.localdate()
    initial = {"person": actor.id, "from_on": today, "through_on": today}
    form = AbsenceForm(sent(request), actor=actor, initial=initial)
    styled(form)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            delegate(
                said["person"], stands_in_id=said["stands_in"], from_on=said["from_on"],
                through_on=said["through_on"], by=actor, now=now,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused.text)
        else:
            messages.success(request, "Kept. The other person decides in these days.")
            return redirect("approvals:absences")
    sees_all = actor.may("people.manage:view")
    found = list(queries.absences(today))
    if not sees_all:
        found = [each for each in found if actor.id in (each.person_id, each.stands_in_id)]
    names = names_of({number for each in found for number in (each.person_id, each.stands_in_id)})
    rows = [
        ShownAbsence(
            each.pk, names[each.person_id], names[each.stands_in_id], each.from_on, each.through_on,
            each.person_id == actor.id or actor.may(MANAGE_PEOPLE),
        )
        for each in found
    ]  # fmt: skip
    known = {"tab": "absences", "form": form, "rows": rows, "sees_all": sees_all}
    return render(request, "approvals/absences.html", known, status=422 if form.errors else 200)


@require_POST
@declares("")
def end(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """Somebody is back: one's own absence, or any for whoever manages people."""
    if queries.delegation_of(min(delegation_id, 2**63 - 1)) is None:
        raise Http404("There is no such absence.")
    end_delegation(delegation_id, by=actor_of(request), now=timezone.now())
    messages.success(request, "The absence has ended.")
    return redirect("approvals:absences")


# Close to an account


class RelationForm(forms.Form):
    account = forms.CharField(
        label="Account number, or code of the customer", max_length=60,
        help_text="Your own account, or that of somebody of your family or household.",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="relation_%s", **kwargs)
        self.actor = actor

    def clean_account(self) -> Customer:
        text = self.cleaned_data["account"]
        number = number_in("customer", text)
        if number is None:
            key = key_of(text)
            owners = {owner for _, k, owner in ids_by_account(self.actor, key, most=5) if k == key}
            number = owners.pop() if len(owners) == 1 else None
        try:
            return customer_for(self.actor, -1 if number is None or number >= 2**63 else number)
        except ObjectDoesNotExist:
            raise forms.ValidationError("No single account in your markets has this number.") from None


@either_way
@declares("")
def relations(request: HttpRequest) -> HttpResponse:
    """The accounts this person is close to and does not act on; declaring one."""
    actor = actor_of(request)
    form = RelationForm(sent(request), actor=actor)
    styled(form)
    if request.method == "POST" and form.is_valid():
        customer = form.cleaned_data["account"]
        party = ("customer", customer.pk)
        declare_relation(int(actor.id or 0), party=party, by=actor, now=timezone.now())
        messages.success(request, "Declared. Other people act on this account from now on.")
        return redirect("approvals:relations")
    found = list(queries.relations(actor.id))
    rows = [(code_in("customer", each.party_id), each) for each in found if each.party_kind == "customer"]
    known = {"tab": "relations", "form": form, "rows": rows}
    if actor.may("people.manage:view"):
        everybody = [each for each in queries.relations() if each.party_kind == "customer"]
        names = names_of({each.person_id for each in everybody})
        known["everybody"] = [
            (names[each.person_id], code_in("customer", each.party_id), each) for each in everybody
        ]
        known["may_end"], known["actor_id"] = gate(actor, MANAGE_PEOPLE), actor.id
        known["sees_customers"] = actor.may("customers:view")
    return render(request, "approvals/relations.html", known, status=422 if form.errors else 200)


class WhyForm(forms.Form):
    note = forms.CharField(
        label="Why it has ended, without names of customers",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@either_way
@needs(MANAGE_PEOPLE)
def end_one_relation(request: HttpRequest, relation_id: int) -> HttpResponse:
    """Ask why, then let the person act on the account again."""
    actor = actor_of(request)
    relation = queries.relation_of(min(relation_id, 2**63 - 1))
    if relation is None or relation.party_kind != "customer":
        raise Http404("There is no such closeness.")
    form = WhyForm(sent(request), auto_id="end_relation_%s")
    if request.method == "POST" and form.is_valid():
        end_relation(relation.pk, note=form.cleaned_data["note"], by=actor, now=timezone.now())
        return done(request, reverse("approvals:relations"), "Ended. They may act on this account again.")
    known = {
        "relation": relation,
        "form": form,
        "who": names_of({relation.person_id})[relation.person_id],
        "code": code_in("customer", relation.party_id),
        "blocked": "You are close to this account yourself. Another administrator ends it."
        if relation.person_id == actor.id
        else "",
    }
    return render(request, "approvals/end_relation.html", known, status=422 if form.errors else 200)
