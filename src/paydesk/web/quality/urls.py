"""Knowledge and exams, reviews and figures: four places with names of their own."""

from django.urls import path

from paydesk.web.quality import (
    citing,
    csat,
    csat_list,
    exams,
    knowledge,
    knowledge_deeds,
    review_deeds,
    reviews,
    scorecards,
)

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
review_urls = (
    [
        path("", reviews.review_list, name="list"),
        path("choose", review_deeds.choose, name="choose"),
        path("scorecard", review_deeds.scorecard, name="scorecard"),
        path("plan", review_deeds.plan, name="plan"),
        path("<str:public_code>/", reviews.page, name="page"),
        path("<str:public_code>/mark/<str:deed>", review_deeds.mark, name="mark"),
        path("<str:public_code>/act/<str:deed>", review_deeds.act, name="act"),
    ],
    "reviews",
)
scorecard_urls = (
    [
        path("", scorecards.board, name="figures"),
        path("export.<str:kind>", scorecards.export, name="export"),
        path("said/", csat_list.said, name="said"),
        path("said/export.<str:kind>", csat_list.export, name="export_said"),
        path("<str:figure>/", scorecards.behind, name="rows"),
        path("<str:figure>/export.<str:kind>", scorecards.export_rows, name="export_rows"),
    ],
    "scorecards",
)
csat_urls = ([path("<str:secret>", csat.how, name="how")], "csat")
