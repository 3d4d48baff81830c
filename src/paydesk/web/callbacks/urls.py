"""Where providers post."""

from django.urls import path

from paydesk.web.callbacks.door import door

# Short and without a word M-Pesa refuses in an address ("mpesa", "callback" is fine, "query" is not).
door_urls = [path("in/<str:secret>/<str:channel>", door, name="door")]
