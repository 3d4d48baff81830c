"""The addresses of two files; a run goes by its public code."""

from django.urls import path

from paydesk.web.two_files import mapping_views, result_views, row_views, views

app_name = "two_files"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/start/", views.start, name="start"),
    path("<str:code>/stop/", views.stop, name="stop"),
    path("<str:code>/swap/", views.swap, name="swap"),
    path("<str:code>/delete/", views.delete, name="delete"),
    path("<str:code>/files/", result_views.files, name="files"),
    path("<str:code>/result.<str:kind>", result_views.download, name="download"),
    path("<str:code>/columns.yaml", mapping_views.as_yaml, name="yaml"),
    path("<str:code>/columns/<str:side>/", mapping_views.mapping, name="mapping"),
    path("<str:code>/columns/<str:side>/first-rows", mapping_views.first_rows, name="first_rows"),
    path("<str:code>/matches/", row_views.rows, {"what": "matches"}, name="matches"),
    path("<str:code>/exceptions/", row_views.rows, {"what": "exceptions"}, name="exceptions"),
]
