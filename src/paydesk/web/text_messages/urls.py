"""Text messages: the gateways, what left, a code or a notice from a case."""

from django.urls import path

from paydesk.web.text_messages import in_case, sent, views

app_name = "text_messages"
urlpatterns = [
    path("", sent.sent, name="list"),
    path("export.<str:kind>", sent.export, name="export"),
    path("gateways/", views.gateway_list, name="gateways"),
    path("gateways/add", views.add, name="add"),
    path("gateways/<int:gateway_id>/switch", views.switch, name="switch"),
    path("gateways/<int:gateway_id>/caps", views.caps, name="caps"),
    path("case/<str:public_code>", in_case.choose, name="choose"),
    path("case/<str:public_code>/code", in_case.send_code, name="send_code"),
    path("case/<str:public_code>/check", in_case.check_code, name="check_code"),
    path("case/<str:public_code>/wish", in_case.wish, name="wish"),
    path("case/<str:public_code>/notice", in_case.send_notice, name="send_notice"),
]
