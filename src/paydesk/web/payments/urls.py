"""Payments: the list, what it exports, one payment, applying it."""

from django.urls import path, register_converter

from paydesk.web.addresses import PaymentCode
from paydesk.web.payments import applying, views

app_name = "payments"
register_converter(PaymentCode, "payment")

urlpatterns = [
    path("", views.payment_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<payment:payment_id>/", views.payment_page, name="page"),
    path("<payment:payment_id>/apply", applying.apply, name="apply"),
]
