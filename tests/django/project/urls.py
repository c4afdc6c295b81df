from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from tenantry.django.rest_framework import TenantsView

from project import api, views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("tenants/", include("tenantry.django.urls")),
    path("accounts/login/", LoginView.as_view(template_name="login.html"), name="login"),
    path("log-out/", LogoutView.as_view()),
    path("needs/tenant/", views.needs_tenant),
    path("needs/tenant/async/", views.aneeds_tenant),
    path("needs/tenant/class/", views.NeedsTenant.as_view()),
    path("needs/tenant/async-class/", views.ANeedsTenant.as_view()),
    path("needs/role/", views.needs_role),
    path("needs/role/async/", views.aneeds_role),
    path("needs/role/class/", views.NeedsRole.as_view()),
    path("needs/role/async-class/", views.ANeedsRole.as_view()),
    path("api/tenants/", TenantsView.as_view()),
    path("api/needs/tenant/", api.NeedsTenant.as_view()),
    path("api/needs/role/", api.NeedsRole.as_view()),
    path("auser-first/", views.auser_first),
    path("become/", views.become),
    path("ask/", views.ask),
    path("aask/", views.aask),
    path("ask-without-await/", views.ask_without_await),
    path("untouched/", views.untouched),
    path("auntouched/", views.auntouched),
    path("page/", views.page),
    path("stream/", views.stream),
    path("astream/", views.astream),
]
