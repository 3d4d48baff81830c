"""The inbox, one case, what is done with it."""

from django.urls import path

from paydesk.web.cases import deeds, one_case, talking, together, views

app_name = "cases"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("together/undo", together.undo_together, name="undo_together"),
    path("together/<str:deed>", together.together, name="together"),
    path("live", views.live, name="live"),
    path("open", deeds.open_case, name="open"),
    path("export.<str:kind>", views.export, name="export"),
    path("<str:public_code>/", one_case.page, name="page"),
    path("<str:public_code>/news", one_case.news, name="news"),
    path("<str:public_code>/here", one_case.here, name="here"),
    path("<str:public_code>/say", talking.say, name="say"),
    path("<str:public_code>/draft", talking.draft, name="draft"),
    path("<str:public_code>/take-back/<int:message_id>", talking.take_back, name="take_back"),
    path("<str:public_code>/take-up", deeds.take_up, name="take_up"),
    path("<str:public_code>/whose", deeds.whose, name="whose"),
    path("<str:public_code>/tick", deeds.tick, name="tick"),
    path("<str:public_code>/link/<int:link_id>/<str:answer>", deeds.decide_link, name="decide_link"),
    path("<str:public_code>/promise/<int:commitment_id>", deeds.keep_promise, name="keep_promise"),
    path("<str:public_code>/act/<str:deed>", deeds.act, name="act"),
]
