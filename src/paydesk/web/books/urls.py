"""The controller's screens, and the statement of account of a contract."""

from django.urls import path

from paydesk.web.books import aged_views, day_views, journal_views, statement_views, trial_views

app_name = "books"
urlpatterns = [
    path("", trial_views.trial, name="trial"),
    path("export.<str:kind>", trial_views.trial_export, name="trial_export"),
    path("account/<int:code>/", trial_views.account, name="account"),
    path("account/<int:code>/<int:key_id>/", trial_views.postings, name="postings"),
    path("tie-out/", trial_views.tied, name="tie_out"),
    path("tie-out/<int:code>/", trial_views.tied_keys, name="tied_keys"),
    path("aged/<str:kind>/", aged_views.aged_list, name="aged"),
    path("aged/<str:kind>/export.<str:form>", aged_views.aged_export, name="aged_export"),
    path("days/", day_views.days, name="days"),
    path("days/close", day_views.close, name="close"),
    path("days/reopen", day_views.reopen, name="reopen"),
    path("days/<int:closing_id>/<str:decision>", day_views.decide, name="decide"),
    path("journal/", journal_views.journal_list, name="journal"),
    path("journal/export", journal_views.export, name="journal_export"),
    path("journal/<str:code>/", journal_views.batch, name="batch"),
    path("journal/<str:code>/copy", journal_views.copy, name="copy"),
    path("statement/<str:code>/", statement_views.ask, name="statement"),
    path("statement/<str:code>/<str:form>", statement_views.download, name="statement_file"),
]
