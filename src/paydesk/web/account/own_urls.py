"""One's own account. The addresses of signing in and out are allauth's and stand in urls.py."""

from django.urls import path

from paydesk.web.account import own_views

app_name = "account"
urlpatterns = [
    path("", own_views.page, name="page"),
    path("keys", own_views.keys, name="keys"),
    path("password", own_views.password, name="password"),
]
