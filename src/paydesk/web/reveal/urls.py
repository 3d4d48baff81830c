"""One address: what is revealed, by kind and code."""

from django.urls import path

from paydesk.web.reveal import views

app_name = "reveal"
urlpatterns = [path("<slug:kind>/<str:code>/", views.reveal_one, name="one")]
