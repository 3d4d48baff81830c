"""Mailboxes: the list, one more, changed, on and off."""

from django.urls import path

from paydesk.web.mailboxes import views

app_name = "mailboxes"
urlpatterns = [
    path("", views.mailbox_list, name="list"),
    path("add", views.add, name="add"),
    path("<int:mailbox_id>/change", views.change, name="change"),
    path("<int:mailbox_id>/answer-again", views.answer_again, name="answer_again"),
    path("<int:mailbox_id>/switch", views.switch, name="switch"),
]
