"""Addresses without a sign-in. Short, as people get them in a message and read them out."""

from django.urls import path

from paydesk.web.public.status import status

app_name = "public"
urlpatterns = [
    path("s/<str:secret>", status, name="status"),
]
