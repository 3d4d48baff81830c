"""Goodwill: the list, giving it from a case, one of it, undoing it."""

from django.urls import path

from paydesk.web.goodwill import giving, views

app_name = "goodwill"
urlpatterns = [
    path("", views.goodwill_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("give/<str:public_code>/", giving.give, name="give"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/undo", giving.undo, name="undo"),
]
