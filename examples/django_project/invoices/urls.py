from django.urls import path

from invoices import views

app_name = "invoices"
urlpatterns = [
    path("", views.InvoiceList.as_view(), name="list"),
    path("new/", views.NewInvoice.as_view(), name="new"),
    path("<int:pk>/pay/", views.pay, name="pay"),
    path("profile/", views.Profile.as_view(), name="profile"),
]
