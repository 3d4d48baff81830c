"""The queue of rows in doubt, one of them, matching it by hand, the export."""

from django.urls import path

from paydesk.web.provider_cash import matching, together, views

app_name = "provider_cash"
urlpatterns = [
    path("", views.cash_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("together/book", together.book, name="book_many"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/take/<str:payment>", matching.take, name="take"),
    path("<str:code>/refund/<str:refund>", matching.refund, name="refund"),
    path("<str:code>/book", matching.book, name="book"),
    path("<str:code>/join/<str:end>", matching.join, name="join"),
    path("<str:code>/apart", matching.apart, name="apart"),
    path("<str:code>/part", matching.part, name="part"),
]
