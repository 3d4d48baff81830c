"""Our accounts with providers: the list, and adding one."""

from django.urls import path

from paydesk.web.providers import views

app_name = "providers"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("new/", views.new, name="new"),
]
