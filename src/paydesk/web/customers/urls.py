"""Customers: the list, what it exports, one customer."""

from django.urls import path

from paydesk.web.customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.customer_page, name="page"),
]
