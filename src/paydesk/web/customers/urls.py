"""Customers: the list, what it exports, one customer."""

from django.urls import path

from paydesk.web.customers import identity_views, views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/identity/", identity_views.record, name="identity"),
    path("<str:code>/identity/<int:item_id>/remove/", identity_views.remove, name="identity_remove"),
    path("<str:code>/", views.customer_page, name="page"),
]
