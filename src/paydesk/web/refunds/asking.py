"""Asking for a refund of a payment, and naming another payee of one that failed; shown before it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.asks import compensations_of
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.refunds.actions import change_payee, request_refund
from paydesk.domain.refunds.previews import Payee, reasons_for, request_effects
from paydesk.domain.refunds.queries import calculation_of
from paydesk.domain.refunds.rules import PAYEE_KINDS, RAILS, REASONS
from paydesk.domain.refunds.states import REFUND
from paydesk.kernel.actor import Actor
from paydesk.kernel.ibans import iban_of
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.web.access import actor_of, gate, gate_to_ask, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.proving import case_in, proof_missing
from paydesk.web.payments.effects_shown import looked_at
from paydesk.web.payments.filters import AmountField
from paydesk.web.payments.page import payment_or_404
from paydesk.web.payments.shown import shown as payment_shown
from paydesk.web.refunds.deeds import LONGEST, dialog_view, version_in
from paydesk.web.refunds.shown import RIGHT, refund_or_404, shown
from paydesk.web.sight import Looking, looking

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment
    from paydesk.domain.refunds.models import Refund

ENTITLE = "refunds.entitle"
ASKED = "Asked. A second person decides on it; the money is held meanwhile."


class PayeeForm(forms.Form):
    """Where the money goes. What is left empty is as on the payment: who paid, the way they paid."""

    payee_kind = forms.ChoiceField(label="Goes to", choices=list(PAYEE_KINDS.items()))
    payee_name = forms.CharField(label="Name", max_length=120, required=False)
    payee_account = forms.CharField(label="Phone number or IBAN", max_length=64, required=False)
    rail = forms.ChoiceField(label="Paid by", choices=list(RAILS.items()))
    note = forms.CharField(
        label="Why it is due, for whoever decides",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, said: QueryDict | None, *, payment: Payment, eyes: Looking) -> None:
        self.payment = payment
        line = payment.statement_line
        self.usual_name = line.payer_name or (payment.customer.name if payment.customer else "")
        self.usual_account = line.msisdn or line.account
        by_phone = e164_digits(self.usual_account, payment.market) is not None or not self.usual_account
        super().__init__(
            said, auto_id="ask_%s",
            initial={"payee_kind": "payer", "rail": "mobile_money" if by_phone else "bank"},
        )  # fmt: skip
        self.fields["payee_name"].widget.attrs |= {
            "autocomplete": "off", "placeholder": eyes.name(self.usual_name, payment),
        }  # fmt: skip
        account = eyes.phone(self.usual_account, payment) if self.usual_account else ""
        self.fields["payee_account"].widget.attrs |= {"autocomplete": "off", "placeholder": account}

    def clean(self) -> None:
        said = self.cleaned_data
        is_payer = said.get("payee_kind") == "payer"
        name = said.get("payee_name") or (self.usual_name if is_payer else "")
        if not name:
            self.add_error("payee_name", "Name the person the money goes to.")
        said["payee_name"] = name
        account = said.get("payee_account") or (self.usual_account if is_payer else "")
        if not account:
            self.add_error("payee_account", "Say which number the money goes to.")
        elif said.get("rail") == "mobile_money":
            said["payee_account"] = self._sound(e164_digits(account, self.payment.market), "phone number")
        elif said.get("rail") == "bank":
            said["payee_account"] = self._sound(iban_of(account), "IBAN")

    def _sound(self, account: str | None, what: str) -> str:
        if account is None:
            self.add_error("payee_account", f"This is no {what} money can be sent to. Look at each digit.")
        return account or ""

    @property
    def payee(self) -> Payee | None:
        """Where it goes, as far as it is said and sound."""
        said = getattr(self, "cleaned_data", {})
        wanted = [str(said.get(name) or "") for name in ("payee_kind", "payee_name", "payee_account", "rail")]
        return Payee(*wanted) if all(wanted) else None


class AskForm(PayeeForm):
    """How much and why, beside where it goes."""

    reason = forms.ChoiceField(choices=[("", "choose"), *REASONS.items()])
    again = forms.BooleanField(label="It is due all the same: whoever decides looks at both", required=False)
    field_order = ["amount", "reason", "payee_kind", "payee_name", "payee_account", "rail", "note"]

    def __init__(
        self, said: QueryDict | None, *, payment: Payment, eyes: Looking, earlier: bool = False
    ) -> None:
        super().__init__(said, payment=payment, eyes=eyes)
        if not earlier:
            del self.fields["again"]
        self.left = calculation_of(payment).left
        self.fields["amount"] = AmountField(f"Amount, if not all {self.left}")
        self.fields["amount"].widget.attrs["placeholder"] = str(self.left).rsplit(" ", 1)[0]
        self.order_fields(self.field_order)

    def clean(self) -> None:
        super().clean()
        amount = self.cleaned_data.get("amount")
        if "amount" in self.errors:
            return
        minor = self.left.amount_minor if amount is None else exact_minor(amount, self.left.currency)
        if not minor or minor > self.left.amount_minor:
            self.add_error("amount", f"Between the smallest unit and {self.left}, which is what can go back.")
        else:
            self.cleaned_data["amount"] = Money(minor, self.left.currency)

    @property
    def money(self) -> Money | None:
        amount = getattr(self, "cleaned_data", {}).get("amount")
        return amount if isinstance(amount, Money) else None


@dialog_view
@needs("refunds.entitle:view")
@vary_on_headers("HX-Request", "HX-Target")
def ask(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask for money of a payment to go back: what comes off which contract, green or amber and why."""
    actor, now, eyes = actor_of(request), timezone.now(), looking(request)
    payment = payment_or_404(actor, payment_id)
    is_preview = request.htmx.target == "ask-preview"  # type: ignore[attr-defined]
    said = request.POST if request.method == "POST" else request.GET if is_preview else None
    earlier = compensations_of([("payment", payment.pk)], now)
    case = case_in(request)
    form = AskForm(said, payment=payment, eyes=eyes, earlier=bool(earlier))
    allowed = gate_to_ask(actor, ENTITLE)
    if request.method == "POST" and allowed.allowed and form.is_valid():
        data = form.cleaned_data
        refund = request_refund(
            payment.pk, amount=data["amount"], reason=data["reason"], note=data["note"],
            payee_kind=data["payee_kind"], payee_name=data["payee_name"], payee_account=data["payee_account"],
            rail=data["rail"], version=version_in(request), case_id=case.pk if case else None,
            again=bool(data.get("again")), by=actor, now=now,
        )  # fmt: skip
        return done(
            request, came_from(request, page_of("payment", payment.pk)), f"{shown(refund).code}: {ASKED}"
        )
    if request.method == "POST" and not allowed.allowed:
        actor.needs(ENTITLE, market=payment.market)
    known = {
        "each": payment_shown(payment),
        "payment": payment,
        "form": form,
        "at": came_from(request, page_of("payment", payment.pk)),
        "allowed": allowed,
        "sums": calculation_of(payment),
        "earlier": earlier,
        "case_code": case_code(case) if case else "",
        "prove": proof_missing(case, "refund.request"),
    }
    known |= looked(form, payment, actor)
    template = "refunds/_ask_preview.html" if is_preview else "refunds/ask.html"
    return render(request, template, known, status=422 if request.method == "POST" else 200)


def looked(form: AskForm, payment: Payment, actor: Actor) -> dict[str, Any]:
    """What asking would change and what there is to look at; of an empty form, all of it to the payer."""
    now = timezone.now()
    form.is_valid()
    if form.is_bound:
        amount, payee, reason = form.money, form.payee, form.cleaned_data.get("reason") or "other"
    else:
        usual = e164_digits(form.usual_account, payment.market) or iban_of(form.usual_account)
        rail = str(form.initial["rail"])
        amount, reason = form.left, "other"
        payee = Payee("payer", form.usual_name, usual, rail) if usual and form.usual_name else None
    if not form.left:
        return {"problem": "Nothing of this payment is left to go back.", "amount": amount}
    if amount is None or payee is None:
        return {"effects": None, "unsaid": True, "amount": amount}
    shows = looked_at(
        lambda: request_effects(payment.pk, amount=amount, reason=reason, payee=payee, by=actor, now=now)
    )
    return shows | {
        "amount": amount,
        "reasons": reasons_for(payment, amount=amount, reason=reason, payee=payee, now=now),
        "is_reason_said": form.is_bound and bool(form.cleaned_data.get("reason")),
    }


@dialog_view
@needs(RIGHT)
def payee(request: HttpRequest, code: str) -> HttpResponse:
    """A refund that failed goes to another payee, decided on anew."""
    actor, eyes = actor_of(request), looking(request)
    refund = refund_or_404(actor, code)
    payment = payment_or_404(actor, refund.payment_id)
    form = PayeeForm(request.POST if request.method == "POST" else None, payment=payment, eyes=eyes)
    allowed, case = gate(actor, ENTITLE), case_in(request)
    if request.method == "POST" and not allowed.allowed:
        actor.needs(ENTITLE, market=refund.market)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        change_payee(
            refund.pk, payee_kind=data["payee_kind"], payee_name=data["payee_name"],
            payee_account=data["payee_account"], rail=data["rail"], note=data["note"],
            version=version_in(request), case_id=case.pk if case else None, by=actor, now=timezone.now(),
        )  # fmt: skip
        back = came_from(request, page_of("case", case.pk)) if case else page_of("refund", refund.pk)
        return done(request, back, f"{shown(refund).code}: asked anew with another payee.")
    known = {
        "each": shown(refund),
        "refund": refund,
        "form": form,
        "at": came_from(request, page_of("refund", refund.pk)),
        "blocked": allowed.reason or state_blocks(refund),
        "prove": proof_missing(case, "refund.change_payee"),
        "case_code": case_code(case) if case else "",
    }
    return render(request, "refunds/payee.html", known, status=422 if request.method == "POST" else 200)


def state_blocks(refund: Refund) -> str:
    if REFUND.may("change_payee", refund.state):
        return ""
    return f"This refund is {shown(refund).word}: its payee is changed only after it failed."
