"""The door where providers post, and the list of what came through it."""

from django.urls import path

from paydesk.web.callbacks import views
from paydesk.web.callbacks.door import door

# Short, and without a word that M-Pesa refuses in an address.
door_urls = [path("in/<str:secret>/<str:channel>", door, name="door")]

app_name = "callbacks"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/retry/", views.retry, name="retry"),
]
