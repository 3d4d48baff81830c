"""Signing in and out. The names are those allauth asks for; signing up is not offered."""

from allauth.account.views import account_inactive, logout
from django.urls import path

from paydesk.web.access import declares
from paydesk.web.account import passkeys, second_step
from paydesk.web.account.views import SignIn, language

urlpatterns = [
    path("sign-in/", declares("")(SignIn.as_view()), name="account_login"),
    path("sign-in/language/", language, name="account_language"),
    path("sign-in/code/", second_step.enter, name="mfa_authenticate"),
    path("sign-in/set-up/", second_step.set_up, name="second_factor_set_up"),
    path("sign-in/set-up/ask/", second_step.set_up_ask, name="second_factor_set_up_ask"),
    path("sign-in/go-on/", second_step.go_on, name="second_factor_go_on"),
    path("sign-in/passkey/", passkeys.sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/ask/", passkeys.ask, name="passkey_ask"),
    path("sign-out/", declares("")(logout), name="account_logout"),
    path("sign-in/closed/", declares("")(account_inactive), name="account_inactive"),
]
