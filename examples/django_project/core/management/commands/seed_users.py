import random

from django.core.management.base import BaseCommand
from django.db import transaction

from core.models import User

PEOPLE = [
    "anna",
    "ben",
    "chioma",
    "david",
    "elena",
    "farid",
    "grace",
    "hiro",
    "ines",
    "jonas",
    "kofi",
    "li",
    "marta",
    "nils",
    "olga",
]
FIRST = [
    "Green",
    "Blue",
    "North",
    "Bright",
    "Golden",
    "River",
    "Silver",
    "Urban",
    "Alpine",
    "Coastal",
]
SECOND = [
    "Labs",
    "Design",
    "Foods",
    "Works",
    "Studio",
    "Media",
    "Logistics",
    "Garden",
    "Bikes",
    "Bakery",
]
ABROAD = ["Müller & Söhne", "Łódź Print", "Café Zoë", "東京デザイン", "Δελφοί", "Пекарня №1"]
DEMO = "ann"


class Command(BaseCommand):
    help = (
        "Makes users as they are: many share a business name, some have none. For a new database."
    )

    def add_arguments(self, parser):
        parser.add_argument("--count", type=int, default=2000)

    @transaction.atomic
    def handle(self, *, count, **options):
        chance = random.Random(1)  # the same users every time
        ann = User(username=DEMO, business_name="Acme Inc.", business_domain="acme.example")
        ann.set_password(DEMO)
        ann.is_staff = ann.is_superuser = True
        users = [ann]
        for number in range(2, count + 1):
            username = f"{chance.choice(PEOPLE)}{number}"
            users.append(
                User(
                    username=username,
                    business_name=business_name(chance),
                    business_domain=chance.choice(["", f"{username}.example"]),
                    tier=chance.choices(["free", "pro"], [3, 1])[0],
                    password="!",  # nobody logs in as them
                )
            )
        User.objects.bulk_create(users)
        self.stdout.write(f"{count} users; {DEMO} logs in with the password {DEMO}")


def business_name(chance):
    kind = chance.random()
    if kind < 0.15:
        return ""
    if kind < 0.25:
        return chance.choice(ABROAD)
    return f"{chance.choice(FIRST)} {chance.choice(SECOND)}"
