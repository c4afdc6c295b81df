"""What the project promises its users, before tenants and after."""

from decimal import Decimal
from io import StringIO

from core.models import User
from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse

from invoices.models import Invoice


class Anybody(TestCase):
    def test_an_anonymous_visitor_is_sent_to_log_in(self):
        for page in ("invoices:list", "invoices:new", "invoices:profile"):
            response = self.client.get(reverse(page))
            self.assertRedirects(response, f"{reverse('login')}?next={reverse(page)}")

    def test_the_public_page_is_kept_by_caches_for_everybody(self):
        response = self.client.get(reverse("about"))
        self.assertEqual(response["Cache-Control"], "public, max-age=3600")
        self.assertNotIn("Vary", response)

    def test_the_public_page_asks_the_database_nothing(self):
        user = User.objects.create_user("ann", password="ann")
        self.client.force_login(user)
        with self.assertNumQueries(0):
            self.client.get(reverse("about"))

    def test_a_user_logs_in_and_out(self):
        User.objects.create_user("ann", password="ann")
        response = self.client.post(reverse("login"), {"username": "ann", "password": "ann"})
        self.assertRedirects(response, reverse("invoices:list"))
        self.assertRedirects(self.client.post(reverse("logout")), reverse("login"))
        self.assertEqual(self.client.get(reverse("invoices:list")).status_code, 302)

    def test_a_wrong_password_is_refused(self):
        User.objects.create_user("ann", password="ann")
        response = self.client.post(reverse("login"), {"username": "ann", "password": "bob"})
        self.assertContains(response, "Please enter a correct username and password")


class Somebody(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann = User.objects.create_user("ann", password="ann", business_name="Acme Inc.")
        cls.bob = User.objects.create_user("bob", password="bob")

    def setUp(self):
        self.client.force_login(self.ann)

    def test_the_list_shows_ones_own_invoices(self):
        self.ann.invoices.create(customer="Globex", amount=10)
        self.bob.invoices.create(customer="Initech", amount=20)
        response = self.client.get(reverse("invoices:list"))
        self.assertContains(response, "Globex")
        self.assertNotContains(response, "Initech")

    def test_the_list_takes_five_queries(self):
        self.ann.invoices.create(customer="Globex", amount=10)
        with self.assertNumQueries(5):  # session, user, total, count, page
            self.client.get(reverse("invoices:list"))

    def test_the_list_adds_up_what_is_unpaid(self):
        self.ann.invoices.create(customer="Globex", amount=Decimal("10.50"))
        self.ann.invoices.create(customer="Globex", amount=Decimal("4.25"))
        response = self.client.get(reverse("invoices:list"))
        self.assertContains(response, "<strong>14.75</strong>")

    def test_the_page_bears_the_business_name_or_the_user_name(self):
        self.assertContains(self.client.get(reverse("invoices:list")), "Acme Inc.")
        self.client.force_login(self.bob)
        self.assertContains(self.client.get(reverse("invoices:list")), ">bob</a>")

    def test_an_invoice_is_written(self):
        data = {"customer": "Globex", "amount": "12.50", "issued_on": "2026-01-31"}
        self.assertRedirects(
            self.client.post(reverse("invoices:new"), data), reverse("invoices:list")
        )
        invoice = Invoice.objects.get()
        self.assertEqual((invoice.user, str(invoice)), (self.ann, "Globex: 12.50"))

    def test_an_invoice_is_for_more_than_nothing(self):
        data = {"customer": "Globex", "amount": "0", "issued_on": "2026-01-31"}
        response = self.client.post(reverse("invoices:new"), data)
        self.assertContains(response, "An invoice is for more than nothing.")
        self.assertFalse(Invoice.objects.exists())

    def test_an_invoice_is_paid(self):
        invoice = self.ann.invoices.create(customer="Globex", amount=10)
        response = self.client.post(reverse("invoices:pay", args=[invoice.pk]), follow=True)
        self.assertContains(response, "Paid: Globex.")
        invoice.refresh_from_db()
        self.assertIsNotNone(invoice.paid_on)

    def test_anothers_invoice_is_not_there(self):
        invoice = self.bob.invoices.create(customer="Initech", amount=10)
        response = self.client.post(reverse("invoices:pay", args=[invoice.pk]))
        self.assertEqual(response.status_code, 404)

    def test_the_business_is_renamed(self):
        data = {"business_name": "Acme Ltd.", "business_domain": ""}
        self.client.post(reverse("invoices:profile"), data)
        self.ann.refresh_from_db()
        self.assertEqual(self.ann.business_name, "Acme Ltd.")

    def test_a_user_is_deleted_with_the_invoices(self):
        self.ann.invoices.create(customer="Globex", amount=10)
        self.ann.delete()
        self.assertFalse(Invoice.objects.exists())


class Seed(TestCase):
    def test_the_users_to_try_it_with_are_made(self):
        call_command("seed_users", count=50, verbosity=0, stdout=StringIO())
        self.assertEqual(User.objects.count(), 50)
        self.assertTrue(self.client.login(username="ann", password="ann"))
