"""Every part of the design language on one page, for tests and for the eye; no address of the desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path
from django.utils.safestring import mark_safe

from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.web.access import needs
from paydesk.web.answers import confirmed, unchanged
from paydesk.web.paging import Page, page_number
from paydesk.web.templatetags.desk import money, when

PAGE = Path(__file__).resolve().parent / "gallery.html"
DIALOG = Path(__file__).resolve().parent / "gallery_dialog.html"
NOW = datetime(2026, 11, 21, 10, 12, 8, tzinfo=UTC)


class Terms(forms.Form):
    name = forms.CharField(label="Customer", help_text="As on the contract.")
    currency = forms.ChoiceField(choices=[("GHS", "GHS cedi"), ("KES", "KES shilling")])
    price = forms.DecimalField(label="Price", min_value=Decimal(1))
    first_due_on = forms.DateField(
        label="First due date", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    by_sms = forms.BooleanField(label="Tell the customer by SMS", required=False)


class Filters(forms.Form):
    q = forms.CharField(label="Reference or name", required=False)
    state = forms.ChoiceField(choices=[("", "any"), ("received", "received")], required=False)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "state" else "form-control text"


def example() -> dict[str, Any]:
    names = [
        "Akosua Mensah", "Chinedu Ọkáfọ̀r", "Wanjiku Kamau", "Kwabena Ɔpɔku", "Adébáyọ̀ Ṣówándé",
        "Njeri Wairimu", "Yaw Boateng", "Ifeoma Nwosu", "Otieno Ochieng",
        "Efua Sarpong", "Tunde Bakare", "Achieng Odhiambo",
        "Nana Yaa Asante Boakye-Danquah of Kumasi", "Emeka Eze", "Mutua Musyoka", "Abena Owusu",
    ]  # fmt: skip
    looks = [
        ("settled", "applied", ""), ("held", "payer unknown", ""), ("moving", "in transit", ""),
        ("failed", "returned", "✕"), ("returned", "reversed", ""), ("idle", "closed", ""),
        ("failed", "disputed", "!"),
    ]  # fmt: skip
    currencies = ["GHS", "NGN", "KES", "UGX"]
    rows = [
        {
            "name": name,
            "code": 4711 + place,
            "amount": Money((-1) ** (place % 7 == 4) * (1250 + 98765 * place * place), currencies[place % 4]),
            "text": "Reference 10023418, paid by a relative" if place % 3 else "No reference",
            "look": looks[place % len(looks)],
            "at": NOW - timedelta(minutes=37 * place),
            "phone": "233241234567",
        }
        for place, name in enumerate(names)
    ]
    at = NOW - timedelta(days=2)
    events = [
        {"at": at, "family": "moving", "title": "In the portal export of 19 November", "url": "#",
         "text": "momo-collections-2026-11-19.csv, line 214, reference 10023418 as typed by the payer",
         "amount": Money(15000, "GHS")},
        {"at": at + timedelta(hours=1), "family": "settled", "title": "Received",
         "text": "Journal entry JE-0000AB3", "amount": Money(15000, "GHS")},
        {"at": at + timedelta(hours=1), "family": "settled", "title": "Identified: Akosua Mensah",
         "text": "Account number 10023418 in the reference names contract CON-00012K7.",
         "by": "the desk, rule 1"},
        {"at": at + timedelta(hours=1), "family": "settled", "title": "Applied to instalment 3, due 18 Nov",
         "text": "Oldest past due first", "amount": Money(12500, "GHS")},
        {"at": at + timedelta(days=1), "family": "failed", "title": "Reversed by the provider",
         "text": "The payer asked for it: wrong number.", "amount": Money(-15000, "GHS")},
        {"at": at + timedelta(days=1), "family": "returned", "title": "Allocation undone",
         "amount": Money(-12500, "GHS")},
        {"waits": True, "title": "Tell the customer", "text": "Waits for a person"},
    ]  # fmt: skip
    buckets = [
        {"label": label, "amount": Money(minor, "GHS")}
        for label, minor in (
            ("0–1 d", 190000), ("2–7 d", 142040), ("8–30 d", 59850), ("31–90 d", 20000), ("90+ d", 9900),
        )
    ]  # fmt: skip
    return {
        "rows": rows,
        "events": events,
        "facts": [
            ("Received", money(Money(15000, "GHS"))),
            ("Reference", mark_safe('<span class="code">10023418</span>')),
            ("Provider reference", mark_safe('<span class="code">0000013724567</span>')),
            ("Source", "MTN MoMo collections"),
        ],
        "side": [
            ("Customer since", when(date(2026, 3, 2))),
            ("Phone", "+233 24 123 4567"),
            ("Outstanding", money(Money(411890, "GHS"))),
            ("Days past due", "3"),
        ],
        "buckets": buckets,
        "parts": [(f"{b['label']} {b['amount']}", b["amount"].amount_minor) for b in buckets],
        "weeks": [(f"w{36 + place}", [30 + place * 7 % 19, place % 4, place % 3]) for place in range(12)],
        "trend": [12, 14, 11, 16, 18, 17, 21, 19, 22, 24, 20, 26, 25, 28],
        "form": Terms(),
        "bad_form": Terms({"name": "", "price": "0", "currency": "GHS"}, auto_id="bad_%s"),
        "filters": Filters({"q": "1002"}),
        "chosen": [("Reference 1002", "?"), ("From 1 Nov", "?")],
        "refused": Refused(
            "Applying 150.00 GHS refused: this contract has 120.00 GHS outstanding.", code="x"
        ),
        "days": [(f"{d}", "in" if d % 5 else "missing" if d % 10 else "part") for d in range(8, 22)],
    }


def gallery(request: HttpRequest) -> HttpResponse:
    known = example() | {"page": Page.of(range(51), page_number(request), total=1214)}
    template = engines["django"].from_string(PAGE.read_text(encoding="utf-8"))
    return HttpResponse(template.render(known, request))


def dialog(request: HttpRequest) -> HttpResponse:
    """Asks on GET; on POST refuses what is too much, else confirms."""
    if request.method == "POST":
        if request.POST.get("amount") == "150.00":
            raise example()["refused"]
        return confirmed(HttpResponse("<p id='outcome'>Applied 120.00 GHS.</p>"), "Applied 120.00 GHS.")
    template = engines["django"].from_string(DIALOG.read_text(encoding="utf-8"))
    return HttpResponse(template.render({}, request))


def upload(request: HttpRequest) -> HttpResponse:
    """Takes a file unless its name says it is bad."""
    file = request.FILES["file"]
    if "bad" in str(file.name):
        raise Refused(
            f"{file.name} is not a statement: its first line names no column.", code="file.unreadable"
        )
    return HttpResponse(f"<li>{file.name}</li>")


def live(request: HttpRequest) -> HttpResponse:
    """A part that has changed once since it was first shown."""
    return unchanged(request, 1) or HttpResponse(
        '<p id="live-part" data-live hx-get="/gallery/live?v=1" hx-trigger="every 1s" hx-swap="outerHTML">'
        "3 of 3 rows</p>"
    )


@needs("settings.manage")
def administrators_only(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html")


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><html lang=en><title>x</title><main><h1>x</h1></main>")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [
    path("gallery/", gallery, name="home"),
    path("gallery/dialog", dialog, name="gallery_dialog"),
    path("gallery/upload", upload),
    path("gallery/live", live),
    path("gallery/administrators", administrators_only),
    path("gallery/broken", broken),
    path("", nothing),
    path("find", nothing, name="find"),
    *[
        path(f"{app}/", include(([path("", nothing, name=name)], app)))
        for app, name in (
            ("intake", "files"), ("payments", "list"), ("unapplied", "list"), ("suspense", "list"),
            ("customers", "list"), ("contracts", "load"),
        )
    ],
    path("", include("paydesk.web.urls")),
]  # fmt: skip
