"""Signing in and out. The names are those allauth asks for; signing up is not offered."""

from allauth.account.views import account_inactive, logout
from django.urls import path

from paydesk.web.account.views import SignIn

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="account_login"),
    path("sign-out/", logout, name="account_logout"),
    path("sign-in/closed/", account_inactive, name="account_inactive"),
]
