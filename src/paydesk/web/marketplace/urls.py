"""Sellers, their withdrawals, and the file their platform sends."""

from django.urls import path

from paydesk.web.marketplace import views

app_name = "marketplace"
urlpatterns = [
    path("", views.seller_list, name="list"),
    path("take/", views.take, name="take"),
    path("withdrawals/<str:code>/", views.withdrawal, name="withdrawal"),
    path("<str:code>/", views.seller, name="seller"),
]
