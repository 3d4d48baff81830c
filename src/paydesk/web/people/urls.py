"""The list, one person, and what an administrator does to an account."""

from django.urls import path

from paydesk.web.people import views

app_name = "people"
urlpatterns = [
    path("", views.people_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:person_id>/", views.person_page, name="page"),
    path("<int:person_id>/roles/", views.roles, name="roles"),
    path("<int:person_id>/markets/", views.markets, name="markets"),
    path("<int:person_id>/password/", views.password, name="password"),
    path("<int:person_id>/close/", views.close, name="close"),
    path("<int:person_id>/open/", views.open_again, name="open"),
    path("<int:person_id>/sign-out/", views.sign_out, name="sign_out"),
    path("<int:person_id>/reset/", views.reset, name="reset"),
]
