"""Doors at the desk: setting them up, what came through them, their parts of a case."""

from django.urls import path

from paydesk.web.doors import calls, chats, in_case, lists, views

app_name = "doors"
urlpatterns = [
    path("", views.door_list, name="list"),
    path("add", views.add, name="add"),
    path("pages/<int:link_id>/withdraw", in_case.withdraw, name="withdraw"),
    *(path(f"{what}/", lists.came, {"what": what}, name=what) for what in lists.LISTINGS),
    *(
        path(f"{what}/export.<str:kind>", lists.export, {"what": what}, name=f"export_{what}")
        for what in lists.LISTINGS
    ),
    path("scripts/", views.script_list, name="scripts"),
    path("scripts/<str:group>", views.script, name="script"),
    path("case/<str:public_code>/page/<str:about>", in_case.give, name="give"),
    path("case/<str:public_code>/chat", chats.news, name="chat_news"),
    path("case/<str:public_code>/code", chats.make_code, name="code"),
    path("ringing", calls.rings, name="rings"),
    path("ringing/<int:call_id>/take", calls.take, name="take"),
    path("<int:door_id>/embed", views.embed, name="embed"),
    path("<int:door_id>/origins", views.origins, name="origins"),
    path("<int:door_id>/switch", views.switch, name="switch"),
    path("<int:door_id>/renew", views.renew, name="renew"),
]
