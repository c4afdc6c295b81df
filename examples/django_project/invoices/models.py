from django.conf import settings
from django.db import models
from django.utils import timezone


class Invoice(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invoices"
    )
    customer = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    issued_on = models.DateField(default=timezone.localdate)
    paid_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-issued_on", "-pk"]

    def __str__(self):
        return f"{self.customer}: {self.amount}"
