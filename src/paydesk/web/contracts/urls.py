"""Contracts: the list, loading, making one by hand, one contract and handing over its device."""

from django.urls import path

from paydesk.web.contracts import load_views, new_views, views, write_off_views

app_name = "contracts"
urlpatterns = [
    path("", views.contract_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("load/", load_views.load, name="load"),
    path("load/template.<str:kind>", load_views.template, name="template"),
    path("load/<str:code>/", load_views.loaded, name="loaded"),
    path("load/<str:code>/rejected.csv", load_views.rejected, name="rejected"),
    path("new/", new_views.new, name="new"),
    path("new/plan", new_views.plan, name="plan"),
    path("new/customers", new_views.customers_found, name="customers_found"),
    path("<str:code>/", views.contract_page, name="page"),
    path("<str:code>/due/<int:item_id>/write-off", write_off_views.write_off, name="write_off"),
    path("<str:code>/due/<int:item_id>/owe-again", write_off_views.owe_again, name="owe_again"),
    path("<str:code>/activate", views.activate, name="activate"),
]
