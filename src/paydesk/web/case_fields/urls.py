"""Fields of cases: the list, one more, changed or retired."""

from django.urls import path

from paydesk.web.case_fields import views

app_name = "case_fields"
urlpatterns = [
    path("", views.field_list, name="list"),
    path("add", views.edit, name="add"),
    path("<slug:key>/change", views.edit, name="change"),
]
