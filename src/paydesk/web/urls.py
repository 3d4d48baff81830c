"""The addresses of the screens: one line each."""

from django.urls import include, path

from paydesk.web.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("", include("paydesk.web.account.urls")),
]
