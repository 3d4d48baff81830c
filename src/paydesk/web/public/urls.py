"""Addresses without a sign-in. Short, as people get them in a message and read them out."""

from django.urls import path

from paydesk.web.public import chat
from paydesk.web.public.customer_side import customer_side
from paydesk.web.public.forms import ask, reference
from paydesk.web.public.pay import pay
from paydesk.web.public.status import status
from paydesk.web.public.telephone import announce
from paydesk.web.public.text_reports import report

app_name = "public"
urlpatterns = [
    path("s/<str:secret>", status, name="status"),
    path("pay/<str:secret>", pay, name="pay"),
    path("ask/<str:secret>", ask, name="ask"),
    path("ask/<str:secret>/reference", reference, name="reference"),
    path("chat/<str:secret>", chat.chat, name="chat"),
    path("chat/<str:secret>/begin", chat.begin, name="chat_begin"),
    path("chat/<str:secret>/news", chat.news, name="chat_news"),
    path("chat/<str:secret>/say", chat.say, name="chat_say"),
    path("chat/<str:secret>/file", chat.send_file, name="chat_send_file"),
    path("chat/<str:secret>/file/<int:attachment_id>", chat.file, name="chat_file"),
    path("chat/<str:secret>/prove", chat.prove, name="chat_prove"),
    path("chat/<str:secret>/standing", chat.standing, name="chat_standing"),
    path("customer", customer_side, name="customer_side"),
    path("telephone/calls", announce, name="announce"),
    path("texted/<str:secret>", report, name="text_report"),
]
