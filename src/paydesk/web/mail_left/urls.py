"""Mail that led to no case: the list, one of it, taken in or ignored."""

from django.urls import path

from paydesk.web.mail_left import views

app_name = "mail_left"
urlpatterns = [
    path("", views.mail_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<int:received_id>/", views.look, name="look"),
    path("<int:received_id>/take-in", views.take_in, name="take_in"),
    path("<int:received_id>/ignore", views.ignore, name="ignore"),
]
