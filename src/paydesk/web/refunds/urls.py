"""Refunds: asking for one, the queue, what can be done with one; payout files and what became of them.

The converter of payment codes is registered by the addresses of payments, which stand before these.
"""

from django.urls import path

from paydesk.web.refunds import asking, deeds, files, profiles, releasing, results, views

app_name = "refunds"
urlpatterns = [
    path("", views.refund_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("ask/<payment:payment_id>/", asking.ask, name="ask"),
    path("release", releasing.release, name="release"),
    path("results", results.results, name="results"),
    path("files/", files.file_list, name="files"),
    path("files/<str:code>/", files.file_page, name="file"),
    path("files/<str:code>/document", files.document, name="document"),
    path("files/<str:code>/sent", files.sent, name="sent"),
    path("files/<str:code>/put-aside", files.put_aside, name="put_aside"),
    path("files/<str:code>/take-out/<str:refund>", files.take_out, name="take_out"),
    path("columns/<int:account_id>/", profiles.columns, name="columns"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/payee", asking.payee, name="payee"),
    path("<str:code>/<str:deed>", deeds.act, name="act"),
]
