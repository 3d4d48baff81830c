"""Receipts by hand, under the addresses of payments."""

from django.urls import path

from paydesk.web.hand_receipts import asking, views

app_name = "hand_receipts"
urlpatterns = [
    path("", views.receipt_list, name="list"),
    path("new/", asking.new, name="new"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/evidence", views.evidence, name="evidence"),
]
