"""Doors at the desk: status pages of a case."""

from django.urls import path

from paydesk.web.doors import in_case

app_name = "doors"
urlpatterns = [
    path("case/<str:public_code>/page/<str:about>", in_case.give, name="give"),
    path("pages/<int:link_id>/withdraw", in_case.withdraw, name="withdraw"),
]
