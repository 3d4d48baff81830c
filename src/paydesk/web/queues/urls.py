"""Work on one thing that waits, by its code."""

from django.urls import path

from paydesk.web.queues import views

app_name = "queues"
urlpatterns = [
    path("<str:code>/take", views.take, name="take"),
    path("<str:code>/let-go", views.let_go, name="let_go"),
    path("<str:code>/give", views.give, name="give"),
    path("<str:code>/plan", views.plan, name="plan"),
    path("<str:code>/note", views.note, name="note"),
    path("<str:code>/ask-payer", views.ask_payer, name="ask_payer"),
    path("<str:code>/notes/<int:note_id>/erase", views.erase, name="erase"),
]
