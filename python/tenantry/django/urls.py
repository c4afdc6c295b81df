"""The urls of the chooser: `path("tenants/", include("tenantry.django.urls"))`."""

from django.urls import path

from tenantry.django import views

app_name = "tenantry"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("switch/", views.switch, name="switch"),
]
