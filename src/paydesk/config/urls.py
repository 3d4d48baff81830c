"""Every address of the desk."""

from django.urls import include, path

urlpatterns = [path("", include("paydesk.web.urls"))]
handler404 = "paydesk.web.not_found.not_found"
