"""The addresses of the intake; a file goes by its public code."""

from django.urls import path

from paydesk.web.intake import account_views, file_views, line_views, mapping_views, views

app_name = "intake"
urlpatterns = [
    path("", views.files, name="files"),
    path("upload/", views.upload, name="upload"),
    path("files.<str:kind>", views.export, name="export"),
    path("formats/", views.formats, name="formats"),
    path("rows/", line_views.kept, name="kept"),
    path("rows.<str:kind>", line_views.kept_export, name="kept_export"),
    path("accounts/new/", account_views.new_account, name="new_account"),
    path("<str:code>/", file_views.file, name="file"),
    path("<str:code>/lines/", line_views.lines, name="lines"),
    path("<str:code>/lines.<str:kind>", line_views.lines_export, name="lines_export"),
    path("<str:code>/rejected/", line_views.rejected, name="rejected"),
    path("<str:code>/rejected.csv", line_views.rejected_csv, name="rejected_csv"),
    path("<str:code>/original", file_views.original, name="original"),
    path("<str:code>/mapping/", mapping_views.mapping, name="mapping"),
    path("<str:code>/mapping/first-rows", mapping_views.first_rows, name="first_rows"),
    path("<str:code>/post/", file_views.post, name="post"),
    path("<str:code>/unpost/", file_views.unpost, name="unpost"),
    path("<str:code>/discard/", file_views.discard, name="discard"),
]
