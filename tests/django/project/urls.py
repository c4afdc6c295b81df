from django.contrib import admin
from django.urls import path

from project import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("ask/", views.ask),
    path("aask/", views.aask),
    path("ask-without-await/", views.ask_without_await),
    path("untouched/", views.untouched),
    path("auntouched/", views.auntouched),
    path("page/", views.page),
    path("stream/", views.stream),
    path("astream/", views.astream),
]
