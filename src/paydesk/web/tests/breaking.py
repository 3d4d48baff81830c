"""An address that breaks, for the test of the error page."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [path("", broken), path("", include("paydesk.web.urls"))]
