"""Sellers, what the marketplace tells of them, and the file their platform sends."""

from django.urls import path

from paydesk.web.marketplace import asks, lists, pages, views

app_name = "marketplace"
urlpatterns = [
    path("", views.seller_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("take/", views.take, name="take"),
    path("withdrawals/", lists.withdrawal_list, name="withdrawals"),
    path("withdrawals/export.<str:kind>", lists.export_withdrawals, name="export_withdrawals"),
    path("withdrawals/<str:code>/", pages.withdrawal, name="withdrawal"),
    path("orders/", lists.order_list, name="orders"),
    path("orders/export.<str:kind>", lists.export_orders, name="export_orders"),
    path("orders/<str:code>/", pages.order, name="order"),
    path("asks/", asks.ask_list, name="asks"),
    path("asks/export.<str:kind>", asks.export, name="export_asks"),
    path("asks/tell/<str:market>", asks.tell, name="tell"),
    path("asks/<int:ask_id>/file", asks.file, name="ask_file"),
    path("ask/<str:kind>/<str:code>/", asks.ask, name="ask"),
    path("methods/", lists.attempt_list, name="link_attempts"),
    path("methods/export.<str:kind>", lists.export_attempts, name="export_link_attempts"),
    path("methods/<str:code>/", pages.link_attempt, name="link_attempt"),
    path("<str:code>/", views.seller, name="seller"),
]
