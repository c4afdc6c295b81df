from core.views import about
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("invoices.urls")),
    path("about/", about, name="about"),
    path("accounts/", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
]
