"""The list of clocks, its export, and taking what a clock escalated."""

from django.urls import path

from paydesk.web.clocks import views

app_name = "clocks"
urlpatterns = [
    path("", views.clock_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<int:clock_id>/acknowledge", views.acknowledge, name="acknowledge"),
]
