"""Causes of cases: the figures, the rows behind one, both as an export."""

from django.urls import path

from paydesk.web.causes import views

app_name = "causes"
urlpatterns = [
    path("", views.page, name="page"),
    path("rows", views.rows, name="rows"),
    path("export.<str:kind>", views.export, name="export"),
    *(path(f"status-{what}/", views.pages, {"what": what}, name=what) for what in ("pages", "visits")),
    *(
        path(f"status-{what}/export.<str:kind>", views.export_pages, {"what": what}, name=f"export_{what}")
        for what in ("pages", "visits")
    ),
    path("rows.<str:kind>", views.export_rows, name="export_rows"),
]
