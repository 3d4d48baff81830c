"""The find box of the top bar."""

from django.urls import path

from paydesk.web.find.paste_views import paste
from paydesk.web.find.views import find_page

urlpatterns = [path("find", find_page, name="find"), path("find/paste", paste, name="paste")]
