"""Side conversations: asking somebody from a case, and what is said in one."""

from django.urls import path

from paydesk.web.sides import views

app_name = "sides"
urlpatterns = [
    path("ask/<str:public_code>/", views.ask, name="ask"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/say", views.say, name="say"),
    path("<str:code>/close", views.close, name="close"),
]
