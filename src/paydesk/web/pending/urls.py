"""The list of pending payments, and what can be done with one."""

from django.urls import path

from paydesk.web.pending import views

app_name = "pending"
urlpatterns = [
    path("", views.pending_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/ask/", views.ask, name="ask"),
    path("<str:code>/close/", views.close, name="close"),
]
