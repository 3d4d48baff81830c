"""Recording the number of a document of a customer, and removing one that is wrong."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from paydesk.domain.parties.actions import IdentityRefused, record_identity, remove_identity
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.parties.rules import IDENTITY_KINDS
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.answers import done


class IdentityForm(forms.Form):
    kind = forms.ChoiceField(label="Document", choices=list(IDENTITY_KINDS.items()))
    number = forms.CharField(
        label="Number",
        max_length=40,
        help_text="As it stands on the document. It is masked from now on.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("contracts.load")
def record(request: HttpRequest, code: str) -> HttpResponse:
    """The form; a number that is none is refused beside its field."""
    actor = actor_of(request)
    number = number_in("customer", code)
    try:
        customer = customer_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404 from None
    form = IdentityForm(request.POST if request.method == "POST" else None, auto_id="identity_%s")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            record_identity(customer.pk, said["kind"], said["number"], by=actor, now=timezone.now())
        except IdentityRefused as refused:
            form.add_error("number", refused.text)
        else:
            return done(request, page_of("customer", customer.pk), "Identity number recorded.")
    known = {"form": form, "customer": customer, "code": code_in("customer", customer.pk)}
    return render(request, "customers/identity.html", known, status=422 if form.errors else 200)


@require_POST
@needs("contracts.load")
def remove(request: HttpRequest, code: str, item_id: int) -> HttpResponse:
    """Forget one; the page asks before."""
    actor = actor_of(request)
    number = number_in("customer", code)
    try:
        customer = customer_for(actor, -1 if number is None or number >= 2**63 else number)
        identity = next(each for each in customer.identities.all() if each.pk == item_id)
    except (ObjectDoesNotExist, StopIteration):
        raise Http404 from None
    remove_identity(identity.pk, by=actor, now=timezone.now())
    return done(request, page_of("customer", customer.pk), "Identity number removed.")
