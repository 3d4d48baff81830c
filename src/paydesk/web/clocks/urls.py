"""The clocks: the list, one of them and what can be done with it, the report, policies and calendars."""

from django.urls import path

from paydesk.web.clocks import calendars, detail, policies, report, views

app_name = "clocks"
urlpatterns = [
    path("", views.clock_list, name="list"),
    path("export.<str:kind>", views.export, name="export"),
    path("<int:clock_id>/acknowledge", views.acknowledge, name="acknowledge"),
    path("report/", report.report, name="report"),
    path("report/export.<str:kind>", report.export, name="export_report"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/<str:name>/", calendars.calendar, name="calendar"),
    path("calendars/<str:name>/change", calendars.change, name="change_calendar"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<str:name>/<str:place>/", policies.policy, name="policy"),
    path("policies/<str:name>/<str:place>/change", policies.change, name="change_policy"),
    path("<str:code>/", detail.page, name="page"),
    path("<str:code>/pause", detail.pause, name="pause"),
    path("<str:code>/resume", detail.resume, name="resume"),
    path("<str:code>/due", detail.due, name="due"),
    path("<str:code>/waive", detail.waive, name="waive"),
]
