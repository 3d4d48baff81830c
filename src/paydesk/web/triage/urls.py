"""The tree of categories, the model, a suggestion that is taken, an escalation that is seen."""

from django.urls import path

from paydesk.web.triage import pressing, tree, views

app_name = "categories"
urlpatterns = [
    path("", tree.page, name="tree"),
    path("model", views.model, name="model"),
    path("learn", pressing.learn, name="learn"),
    path("take/<str:public_code>", pressing.take, name="take"),
    path("seen/<str:public_code>/<int:escalation_id>", pressing.seen, name="seen"),
    path("group/", tree.group, name="new_group"),
    path("group/<str:group_code>", tree.group, name="group"),
    path("edit/", tree.edit, name="new"),
    path("edit/<str:category>", tree.edit, name="edit"),
]
