from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q, Sum
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, ListView, UpdateView

from invoices.forms import InvoiceForm


class InvoiceList(LoginRequiredMixin, ListView):
    template_name = "invoices/list.html"
    paginate_by = 20

    def get_queryset(self):
        return self.request.user.invoices.all()

    def get_context_data(self, **kwargs):
        unpaid = Sum("amount", filter=Q(paid_on=None), default=0)
        totals = self.request.user.invoices.aggregate(unpaid=unpaid)
        return super().get_context_data(**kwargs, **totals)


class NewInvoice(LoginRequiredMixin, CreateView):
    form_class = InvoiceForm
    template_name = "invoices/form.html"
    success_url = reverse_lazy("invoices:list")
    extra_context = {"title": "New invoice"}

    def form_valid(self, form):
        form.instance.user = self.request.user
        return super().form_valid(form)


class Profile(LoginRequiredMixin, UpdateView):
    fields = ["business_name", "business_domain"]
    template_name = "invoices/form.html"
    success_url = reverse_lazy("invoices:list")
    extra_context = {"title": "Your business"}

    def get_object(self, queryset=None):
        return self.request.user


@login_required
@require_POST
def pay(request, pk):
    """Marks an invoice of one's own as paid."""
    invoice = get_object_or_404(request.user.invoices, pk=pk)
    invoice.paid_on = timezone.localdate()
    invoice.save(update_fields=["paid_on"])
    messages.success(request, f"Paid: {invoice.customer}.")
    return redirect("invoices:list")
