"""The audit trail: the list and its export."""

from django.urls import path

from paydesk.web.trail import views

app_name = "trail"
urlpatterns = [
    path("", views.trail_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
]
