"""The days of accounts, and the queue of exceptions."""

from django.urls import path

from paydesk.web.reconciliation import (
    bulk,
    days,
    deeds,
    exceptions,
    explaining,
    matches,
    quality,
    report,
    results,
    rules,
    settlements,
    signing,
)

day_urls = (
    [
        path("", days.overview, name="overview"),
        path("run/", days.run_all, name="run_all"),
        path("quality/", quality.page, name="quality"),
        path("rules/", rules.page, name="rules"),
        path("rules/edit", rules.edit, name="rules_edit"),
        path("rules/learning", rules.learning, name="rules_learning"),
        path("rules/proposals/<int:proposal_id>/<str:deed>", rules.decide, name="rules_decide"),
        path("runs/<int:run_id>/apart", matches.apart, name="apart"),
        path("settlements/", settlements.settlement_list, name="settlements"),
        path("settlements/export.<str:kind>", settlements.export, name="export_settlements"),
        path("settlements/<int:settlement_id>/", settlements.settlement_page, name="settlement"),
        path("matches/<int:match_id>/<str:deed>", matches.act, name="match"),
        path("matches/<int:match_id>/", explaining.match_page, name="match_page"),
        path("runs/<int:run_id>/why", explaining.group, name="group"),
        path("runs/<int:run_id>/rows", results.rows, name="rows"),
        path("runs/<int:run_id>/rows.<str:kind>", results.export, name="export_rows"),
        path("runs/<int:run_id>/cancel", days.cancel, name="cancel"),
        path("<int:account_id>/<str:day>/", days.page, name="day"),
        path("<int:account_id>/<str:day>/report.<str:kind>", report.download, name="report"),
        path("<int:account_id>/<str:day>/run", days.run, name="run"),
        path("<int:account_id>/<str:day>/sign", signing.sign, name="sign"),
        path("<int:account_id>/<str:day>/reopen", signing.reopen, name="reopen"),
    ],
    "reconciliation",
)
exception_urls = (
    [
        path("", exceptions.exception_list, name="list"),
        path("match", matches.by_hand, name="match"),
        path("together/<str:deed>", bulk.act, name="bulk"),
        path("export.<str:kind>", exceptions.export, name="export"),
        path("<str:code>/", exceptions.page, name="page"),
        path("<str:code>/beside", explaining.beside, name="beside"),
        path("<str:code>/<str:deed>", deeds.act, name="act"),
    ],
    "exceptions",
)
