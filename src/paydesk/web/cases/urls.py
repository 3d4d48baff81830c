"""The inbox, one case, what is done with it."""

from django.urls import path

from paydesk.web.cases import (
    attaching,
    deeds,
    file_kinds,
    files,
    one_case,
    others_draft,
    paying,
    ready,
    splitting,
    talking,
    together,
    views,
    who,
)

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
    path("<str:public_code>/ready", ready.pick, name="ready"),
    path("<str:public_code>/attach", attaching.attach, name="attach"),
    path("<str:public_code>/attached/<int:file_id>/off", attaching.take_off, name="take_off"),
    path("<str:public_code>/files/<int:attachment_id>", files.download, name="download"),
    path("<str:public_code>/files/<int:attachment_id>/kind", file_kinds.say_kind, name="say_kind"),
    path("<str:public_code>/pictures/<int:attachment_id>", files.picture, name="picture"),
    path("<str:public_code>/pictures/<int:attachment_id>/show", files.show_held, name="show_held"),
    path("<str:public_code>/sent/<int:message_id>", files.as_sent, name="as_sent"),
    path("<str:public_code>/say", talking.say, name="say"),
    path("<str:public_code>/draft", talking.draft, name="draft"),
    path("<str:public_code>/draft-of/<int:person_id>", others_draft.others_draft, name="draft_of"),
    path("<str:public_code>/renew", talking.renew, name="renew"),
    path("<str:public_code>/take-back/<int:message_id>", talking.take_back, name="take_back"),
    path("<str:public_code>/take-up", deeds.take_up, name="take_up"),
    path("<str:public_code>/split", splitting.split, name="split"),
    path("<str:public_code>/who", who.who, name="who"),
    path("<str:public_code>/whose", deeds.whose, name="whose"),
    path("<str:public_code>/tick", deeds.tick, name="tick"),
    path("<str:public_code>/link/<int:link_id>/<str:answer>", deeds.decide_link, name="decide_link"),
    path("<str:public_code>/promise/<int:commitment_id>", deeds.keep_promise, name="keep_promise"),
    path("<str:public_code>/pay-link/<int:contract_id>", paying.pay_link, name="pay_link"),
    path("<str:public_code>/act/<str:deed>", deeds.act, name="act"),
]
