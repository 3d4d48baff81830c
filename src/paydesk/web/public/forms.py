"""The web form: a reference that is looked up while it is typed, what happened, files; no captcha."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.cases.asks import is_our_number, references_in
from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.queries import code, current_tree
from paydesk.domain.doors.actions import send_form
from paydesk.domain.doors.actions.forms import SentFile
from paydesk.domain.doors.addresses import token_of
from paydesk.domain.doors.queries import door_by_key
from paydesk.domain.doors.rules import LARGEST_FILE_BYTES, MOST_FILES, reading_of
from paydesk.kernel.card_redaction import redact_text
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.kernel.refused import Refused
from paydesk.web.language import spoken
from paydesk.web.public.limits import FORMS, LOOKS, REFERENCES
from paydesk.web.public.pages import embeddable, gone, language_of, page, public, visitor

MOST_BYTES = MOST_FILES * LARGEST_FILE_BYTES + 256 * 1024
_KEY = re.compile(r"[0-9a-f]{32}")


def choices() -> list[tuple[str, str]]:
    """What a visitor chooses from, in their words; only categories that the company's tree still has."""
    known = leaves(current_tree()[1])
    offered = {
        "paying.not_applied": _("I paid, and it is not credited"),
        "paying.twice": _("I was charged twice"),
        "paying.failed_but_debited": _("The payment failed, but the money is gone"),
        "paying.wrong_account": _("I paid for the wrong account"),
        "refund.late": _("My refund has not come"),
        "refund.wanted": _("I want money back"),
        "account.locked": _("My device is locked although I paid"),
        "fraud.unauthorised": _("I did not make this payment"),
        "other.general": _("Something else"),
    }
    return [("", _("choose")), *((each, words) for each, words in offered.items() if each in known)]


class AskForm(forms.Form):
    """Made inside the visitor's language, so its words are theirs."""

    reference = forms.CharField(max_length=64, required=False)
    category = forms.ChoiceField()
    text = forms.CharField(max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}))
    name = forms.CharField(max_length=200, required=False)
    contact = forms.CharField(max_length=254)

    def __init__(self, data: Any = None, *, market: str) -> None:
        super().__init__(data, auto_id="ask_%s")
        self.market = market
        labels = {
            "reference": _("Payment reference"),
            "category": _("What happened?"),
            "text": _("Tell us more"),
            "name": _("Your name"),
            "contact": _("Your e-mail address or phone number"),
        }
        for name, words in labels.items():
            self.fields[name].label = words
            self.fields[name].error_messages["required"] = _("Please fill this in.")
        category: Any = self.fields["category"]
        category.choices = choices()
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["reference"].widget.attrs |= {"autocomplete": "off", "aria-describedby": "reference-said"}

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        for name in ("reference", "text", "name", "contact"):
            if problem := card_problem(known.get(name, "")):
                self.add_error(name, problem)
        contact = known.get("contact", "").strip()
        if contact and "contact" not in self.errors and not self._can_be_reached(contact):
            self.add_error("contact", _("Write an e-mail address, or a phone number with all its digits."))
        return known

    def _can_be_reached(self, contact: str) -> bool:
        if "@" in contact:
            try:
                forms.EmailField().clean(contact)
            except forms.ValidationError:
                return False
            return True
        return e164_digits(contact, self.market) is not None


def card_problem(text: str) -> str:
    """Why a field is not taken; "" where it holds no card data. What is ours stays."""
    found = redact_text(text, is_ours=is_our_number)
    if found.card_numbers:
        return _(
            "This looks like a card number, which we never keep: nothing was sent. Write its last four "
            "digits only."
        )
    if found.secrets:
        return _(
            "This looks like a PIN or the security code of a card, which nobody here may know: nothing was "
            "sent. Take it out."
        )
    return ""


@public(LOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, secret: str) -> HttpResponse:
    """The form of a market; sent, it is a case, and the visitor gets its code and a page to follow it."""
    door = door_by_key("form", secret)
    if door is None:
        return gone(language_of(request, "en"))
    language = language_of(request, door.language)
    if request.method != "POST":
        return _shown(request, door, language, _form(None, door.market, language))
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()) or int(length) > MOST_BYTES:
        with translation.override(language):
            problem = _("This is too much to send at once: files may have 5 MB each.")
        return _shown(request, door, language, _form(None, door.market, language), problem, status=413)
    if FORMS.is_over(request):
        with translation.override(language):
            problem = _("Too many messages came from your address. Try again in some minutes.")
        return _shown(request, door, language, _form(request.POST, door.market, language), problem, 429)
    return _sent(request, door, language)


def _sent(request: HttpRequest, door: Any, language: str) -> HttpResponse:
    form = _form(request.POST, door.market, language)
    with translation.override(language):
        is_sound = form.is_valid()
    if not is_sound:
        return _shown(request, door, language, form, status=422)
    if request.POST.get("website"):  # a field that no person sees: whoever fills it in is a program
        return embeddable(page("sent", {"code": ""}, language=language), door.origins)
    key = request.POST.get("sent_key", "")
    said = form.cleaned_data
    files = [
        SentFile(file.name or "file", file.file, file.size or 0) for file in request.FILES.getlist("files")
    ]
    by, now = visitor(door.market, "web form"), timezone.now()
    try:
        case, link = send_form(
            door, sent_key=key if _KEY.fullmatch(key) else uuid4().hex, text=said["text"],
            reference=said["reference"], category=said["category"], name=said["name"],
            contact=said["contact"], language=language, files=files, by=by, now=now,
        )  # fmt: skip
    except Refused as refused:
        with translation.override(language):
            of_files = _("Up to three: PDF, JPEG or PNG, 5 MB each. No picture of a card.")
            problem = of_files if refused.fields.get("field") == "files" else spoken(refused.text)
        return _shown(request, door, language, form, problem, status=422)
    address = request.build_absolute_uri(reverse("public:status", args=[token_of(link)]))
    return embeddable(page("sent", {"code": code(case), "address": address}, language=language), door.origins)


def _form(data: Mapping[str, Any] | None, market: str, language: str) -> AskForm:
    with translation.override(language):
        return AskForm(data, market=market)


def _shown(
    request: HttpRequest, door: Any, language: str, form: AskForm, problem: str = "", status: int = 200
) -> HttpResponse:
    key = form.data.get("sent_key", "") if form.is_bound else ""
    known = {
        "form": form, "problem": problem, "sent_key": key if _KEY.fullmatch(key) else uuid4().hex,
        "look_up": reverse("public:reference", args=[door.key]),
    }  # fmt: skip
    return embeddable(page("ask", known, language=language, status=status), door.origins)


@public(REFERENCES)
@require_safe
def reference(request: HttpRequest, secret: str) -> HttpResponse:
    """Whether what is typed is a reference we know, or looks mistyped; nothing of the payment is told."""
    door = door_by_key("form", secret)
    if door is None:
        return JsonResponse({}, status=404)
    typed = request.GET.get("r", "")[:64].strip()
    by = visitor(door.market, "web form")
    is_known = len(typed) >= 5 and bool(references_in(typed, by, door.market))
    reading = reading_of(typed, is_known=is_known)
    with translation.override(language_of(request, door.language)):
        words = {
            "known": _("We know this reference."),
            "unknown": _("We do not know this reference yet. You can send it all the same."),
            "mistyped": _(
                "This looks mistyped: its last letter or digit does not fit. Compare it once more."
            ),
            "short": _("A reference is longer: look at the provider's message."),
            "card": _("This looks like a card number. Never write it here; its last four digits are enough."),
        }
        return JsonResponse({"reading": reading, "words": words.get(reading, "")})
