"""Payments: the list, what it exports, one payment, applying it, putting it right."""

from django.urls import path, register_converter

from paydesk.web.addresses import PaymentCode
from paydesk.web.payments import applying, backdating, correcting, views

app_name = "payments"
register_converter(PaymentCode, "payment")

urlpatterns = [
    path("", views.payment_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<payment:payment_id>/", views.payment_page, name="page"),
    path("<payment:payment_id>/apply", applying.apply, name="apply"),
    path("<payment:payment_id>/backdate", backdating.backdate, name="backdate"),
    path("<payment:payment_id>/move", correcting.move, name="move"),
    path("<payment:payment_id>/split", correcting.split, name="split"),
    path("<payment:payment_id>/take-back", correcting.take_back, name="take_back"),
    path("<payment:payment_id>/put-back", correcting.put_back, name="put_back"),
    path("<payment:payment_id>/take-off", correcting.take_off, name="take_off"),
    path("<payment:payment_id>/twice", correcting.answer, name="answer_double"),
    path("<payment:payment_id>/undo", correcting.undo, name="undo"),
]
