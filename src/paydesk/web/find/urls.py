"""The find box of the top bar."""

from django.urls import path

from paydesk.web.find.views import find

urlpatterns = [path("find", find, name="find")]
