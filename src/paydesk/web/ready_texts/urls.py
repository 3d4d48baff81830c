"""The ready texts and letters of the desk."""

from django.urls import path

from paydesk.web.ready_texts import views

app_name = "ready_texts"
urlpatterns = [
    path("", views.texts, name="list"),
    path("new", views.edit, name="new"),
    path("letter", views.letter, name="letter"),
    path("text/<slug:key>/", views.edit, name="edit"),
    path("text/<slug:key>/retire", views.retire, name="retire"),
]
