"""One's own account. The addresses of signing in and out are allauth's and stand in urls.py."""

from django.urls import path

from paydesk.web.account import confirming, factors, own_views

app_name = "account"
urlpatterns = [
    path("", own_views.page, name="page"),
    path("keys", own_views.keys, name="keys"),
    path("language", own_views.language, name="language"),
    path("password", own_views.password, name="password"),
    path("confirm", confirming.confirm, name="confirm"),
    path("sign-out-elsewhere", factors.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("app", factors.app, name="app"),
    path("passkey", factors.passkey, name="passkey"),
    path("passkey/ask", factors.passkey_ask, name="passkey_ask"),
    path("codes", factors.codes, name="codes"),
    path("factors/<int:factor_id>/remove", factors.remove, name="remove_factor"),
]
