"""The two lists of money that waits for a person: each has its own place, both work the same way."""

from django.urls import path

from paydesk.web.waiting import views

unapplied_urls = (
    [
        path("", views.unapplied_list, name="list"),
        path("export.<str:kind>", views.unapplied_export, name="export"),
    ],
    "unapplied",
)
suspense_urls = (
    [
        path("", views.suspense_list, name="list"),
        path("export.<str:kind>", views.suspense_export, name="export"),
    ],
    "suspense",
)
