"""Knowledge and exams, reviews and figures: four places with names of their own."""

from django.urls import path

from paydesk.web.quality import citing, exams, knowledge, knowledge_deeds

knowledge_urls = (
    [
        path("", knowledge.article_list, name="list"),
        path("new", knowledge_deeds.new, name="new"),
        path("cite/<str:public_code>", citing.cite, name="cite"),
        path("<str:public_code>/", knowledge.page, name="page"),
        path("<str:public_code>/act/<str:deed>", knowledge_deeds.act, name="act"),
    ],
    "knowledge",
)
exam_urls = (
    [
        path("", exams.exam_list, name="list"),
        path("export.<str:kind>", exams.export, name="export"),
        path("<int:exam_id>/", exams.take, name="take"),
    ],
    "exams",
)
