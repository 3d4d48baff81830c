"""Work on what waits: one thing by its code, those that are chosen, the views of the lists."""

from django.urls import path

from paydesk.web.queues import bulk, saved, undoing, views

app_name = "queues"
urlpatterns = [
    path("undo", undoing.undo_last, name="undo_last"),
    path("chosen/assign", bulk.bulk_assign, name="bulk_assign"),
    path("chosen/plan", bulk.bulk_plan, name="bulk_plan"),
    path("chosen/apply", bulk.bulk_apply, name="bulk_apply"),
    path("chosen/export.<str:kind>", bulk.bulk_export, name="bulk_export"),
    path("views/<str:place>/save", saved.save, name="save_view"),
    path("views/<int:view_id>/first", saved.first, name="first_view"),
    path("views/<int:view_id>/delete", saved.delete, name="delete_view"),
    path("<str:code>/take", views.take, name="take"),
    path("<str:code>/let-go", views.let_go, name="let_go"),
    path("<str:code>/give", views.give, name="give"),
    path("<str:code>/plan", views.plan, name="plan"),
    path("<str:code>/note", views.note, name="note"),
    path("<str:code>/ask-payer", views.ask_payer, name="ask_payer"),
    path("<str:code>/notes/<int:note_id>/erase", views.erase, name="erase"),
]
