"""How cases are routed, taking cases oneself, who takes how many of what."""

from django.urls import path

from paydesk.web.routing import views

app_name = "routing"
urlpatterns = [
    path("", views.page, name="page"),
    path("export.<str:kind>", views.export, name="export"),
    path("take", views.take, name="take"),
    path("rule", views.rule, name="add_rule"),
    path("rule/<int:rule_id>", views.rule, name="rule"),
    path("rule/<int:rule_id>/remove", views.remove, name="remove_rule"),
    path("people/<int:person_id>", views.taker, name="taker"),
]
