"""Our accounts with providers: the list, and adding one."""

from django.urls import path

from paydesk.web.providers import callback_views, cash_views, expected_views, rate_views, views

app_name = "providers"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:account_id>/expected/", expected_views.expect, name="expect"),
    path("<int:account_id>/rates/", rate_views.set_rates, name="rates"),
    path("<int:account_id>/balance/", cash_views.balance, name="balance"),
    path("<int:account_id>/balance/enter/", cash_views.enter, name="enter_balance"),
    path("<int:account_id>/balance/<int:shown_id>/", cash_views.screenshot, name="screenshot"),
    path("<int:account_id>/callbacks/open/", callback_views.open_, name="open_callbacks"),
    path("<int:account_id>/callbacks/rotate/", callback_views.rotate, name="rotate_callbacks"),
    path("<int:account_id>/callbacks/limits/", callback_views.limits, name="limit_callbacks"),
    path("<int:account_id>/callbacks/close/", callback_views.close, name="close_callbacks"),
]
