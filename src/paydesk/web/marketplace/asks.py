"""Asking the platform about money of a seller: the dialogs, what was asked as a list, handing it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.marketplace.actions import ask_platform, tell_platform
from paydesk.domain.marketplace.queries import asks, balances_of, markets_to_tell, seller_for, withdrawal_for
from paydesk.domain.marketplace.rules import ABOUT_WITHDRAWALS, ASKS
from paydesk.domain.marketplace.states import ASK, LIVE_ASKS
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.answers import came_from, document_of, done
from paydesk.web.cases.proving import case_in, proof_missing
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.exports import exports
from paydesk.web.marketplace.ask_words import KEYS, LABELS, PAYS_OUT, SAYS, STATES, VERB
from paydesk.web.marketplace.lists import tabs_at
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.acts import Act
from paydesk.web.payments.filters import AmountField
from paydesk.web.people_names import names_by_label
from paydesk.web.sight import looking
from paydesk.web.workbook import check_fits, list_download

if TYPE_CHECKING:
    from paydesk.domain.marketplace.models import PlatformAsk, Withdrawal
    from paydesk.domain.parties.models import Party
    from paydesk.foundation.approvals.models import Approval

SEE, RIGHT, TELL = "payments:view", "marketplace.ask", "payouts.release"
ASKED = "This is asked already, and its answer has not come."
HEAD = (
    "Asked", "What", "State", "Market", "Seller", "Seller's number", "Withdrawal", "Amount", "Currency", "By",
    "Handed over at (UTC)", "Answered at (UTC)",
)  # fmt: skip
dialog_view = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class ShownAsk:
    """One request. `url` is the page of what it is about."""

    ask: PlatformAsk
    what: str
    family: str
    word: str
    amount: Money
    url: str
    by: str


def shown_asks(found: Sequence[PlatformAsk]) -> list[ShownAsk]:
    """Requests as lists and pages show them; one query."""
    names = names_by_label({ask.asked_by for ask in found})
    return [
        ShownAsk(
            ask, ASKS[ask.kind], ASK.family(ask.state), STATES[ask.state].lower(),
            Money(ask.amount_minor, ask.currency),
            page_of(*(("withdrawal", ask.withdrawal_id) if ask.withdrawal_id else ("seller", ask.party_id))),
            names[ask.asked_by],
        )
        for ask in found
    ]  # fmt: skip


class WhyForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AmountForm(WhyForm):
    """How much, in the one currency or a chosen one."""

    currency = forms.ChoiceField()
    field_order = ("amount", "currency", "reason")

    def __init__(self, said: Any, currencies: Sequence[str], **more: Any) -> None:
        super().__init__(said, **more)
        fields: dict[str, Any] = self.fields
        fields["amount"] = AmountField("Amount")
        fields["amount"].required = True
        fields["currency"].choices = [(each, each) for each in currencies]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("amount") is not None and data.get("currency"):
            minor = exact_minor(data["amount"], data["currency"])
            if not minor:
                self.add_error("amount", "Say an amount above zero that the currency has.")
            else:
                data["money"] = Money(minor, data["currency"])
        return data


@dialog_view
@needs("marketplace.ask:view")
def ask(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Ask the platform about a withdrawal, or about the balance of a seller."""
    actor, is_sent = actor_of(request), request.method == "POST"
    party, withdrawal = _about(actor, kind, code)
    said, case = request.POST if is_sent else None, case_in(request)
    form: Any
    if withdrawal is not None:
        form = WhyForm(said, auto_id="deed_%s")
    else:
        owed = balances_of([party.pk]).get(party.pk, [])
        form = AmountForm(said, [each.held.currency for each in owed], auto_id="deed_%s")
    here = page_of("withdrawal", withdrawal.pk) if withdrawal is not None else page_of("seller", party.pk)
    if is_sent and form.is_valid():
        data = form.cleaned_data
        made = ask_platform(
            kind, party.pk, withdrawal_id=withdrawal.pk if withdrawal is not None else None,
            amount=data.get("money"), reason=data["reason"], case_id=case.pk if case is not None else None,
            by=actor, now=timezone.now(),
        )  # fmt: skip
        told = "A second person decides." if made.state == "requested" else "It goes with the next hand-over."
        return done(request, came_from(request, here), told)
    known = {
        "form": form, "title": LABELS[kind].rstrip("…"), "says": SAYS[kind], "kind": kind, "code": code,
        "case_code": code_in("case", case.pk) if case is not None else "", 
        "at": came_from(request, here), "blocked": gate(actor, RIGHT).reason,
        "about": Money(withdrawal.amount_minor, withdrawal.currency) if withdrawal is not None else None,
        "prove": proof_missing(case, VERB) if kind in PAYS_OUT else None,
    }  # fmt: skip
    return render(request, "marketplace/ask.html", known, status=422 if is_sent else 200)


def _about(actor: Actor, kind: str, code: str) -> tuple[Party, Withdrawal | None]:
    of = "withdrawal" if kind in ABOUT_WITHDRAWALS else "seller"
    number = number_in(of, code)
    if kind not in ASKS or number is None or number >= 2**63:
        raise Http404("There is no such question.")
    try:
        if of == "seller":
            return seller_for(actor, number), None
        found = withdrawal_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such seller in your markets.") from None
    return found.party, found


def acts_of(kind: str, number: int, actor: Actor, asked: Sequence[ShownAsk], state: str = "") -> list[Act]:
    """What may be asked about a withdrawal in a state, or about a seller, but once at a time. No query."""
    if kind == "withdrawal":
        offered = {"in_transit": ("where",), "failed": ("again",)}.get(state, ())
    else:
        offered = ("hold", "release")
    blocked = gate(actor, RIGHT).reason
    live = {each.ask.kind for each in asked if each.ask.state in LIVE_ASKS}
    return [
        Act(
            LABELS[name], reverse("marketplace:ask", args=[name, code_in(kind, number)]), KEYS[name],
            blocked or (ASKED if name in live else ""),
        )
        for name in offered
    ]  # fmt: skip


class AskFilters(AddressFilters):
    """What stands in the address: a number or name, market, what was asked, state."""

    q = forms.CharField(
        required=False, max_length=100, label="Number or seller",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False, label="What", choices=[ANY, *ASKS.items()])
    state = forms.ChoiceField(required=False, choices=[ANY, *STATES.items()])

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((each.pk, each.name) for each in markets_of(actor))]


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def ask_list(request: HttpRequest) -> HttpResponse:
    """What was asked of platforms, newest first, and what waits to be handed over."""
    actor, number = actor_of(request), page_number(request)
    filters = AskFilters(request, actor)
    start = (number - 1) * PAGE_SIZE
    known = {
        "page": Page.of(shown_asks(asks(actor, **filters.wanted)[start : start + PAGE_SIZE + 1]), number),
        "filters": filters,
        "tabs": tabs_at("marketplace:asks"),
        "to_tell": markets_to_tell(actor),
        "tell": gate(actor, TELL),
        "may_export": gate(actor, "export"),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(request, f"marketplace/{'_asks' if target == 'things' else 'asks'}.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What is shown with the filters of the address, all of it, as CSV or XLSX."""
    eyes = looking(request)
    found = asks(eyes.actor, **AskFilters(request, eyes.actor).wanted)
    check_fits(found, kind, "requests")
    rows = (
        [
            f"{each.ask.asked_at:%Y-%m-%d %H:%M:%S}", each.what, each.word, each.ask.market,
            eyes.name(each.ask.party.name), each.ask.party.external_ref,
            each.ask.withdrawal.external_ref if each.ask.withdrawal else "", each.amount.amount,
            each.amount.currency, each.by, *(f"{at:%Y-%m-%d %H:%M:%S}" if at else None
                                             for at in (each.ask.told_at, each.ask.answered_at)),
        ]
        for each in shown_asks(list(found))
    )  # fmt: skip
    return list_download(f"asked-of-platforms-{timezone.localdate().isoformat()}", kind, HEAD, rows)


@require_POST
@needs(TELL)
def tell(request: HttpRequest, market: str) -> HttpResponse:
    """Hand over what waits in a market; the file is there to be taken from the list."""
    document = tell_platform(market, by=actor_of(request), now=timezone.now())
    told = f"{document.file_name} is made: take it along and give it to the platform."
    return done(request, f"{reverse('marketplace:asks')}?state=told", told)


@require_safe
@needs("marketplace.ask:view")
def file(request: HttpRequest, ask_id: int) -> FileResponse:
    """The file that a request was handed over in."""
    found = asks(actor_of(request), pk=ask_id).exclude(told_in=None).first()
    if found is None or found.told_in is None:
        raise Http404("There is no such file in your markets.")
    return document_of(found.told_in)


def evidence(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """What a second person decides on: which seller, how much, what they have now."""
    found = asks(actor_of(request), pk=approval.payload["ask_id"]).first()
    if found is None:
        return {"problem": "What this is about cannot be shown to you."}
    (each,) = shown_asks([found])
    return {"each": each, "balances": balances_of([found.party_id]).get(found.party_id, [])}
