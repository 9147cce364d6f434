"""`manage.py create_operator --email …`: the first person who may approve employers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import selectors
from accounts.domain import LONGEST_KEY_LIFE
from accounts.models import User
from accounts.services import api_keys
from accounts.services.members import create_login
from core import clock


class Command(BaseCommand):
    help = "Create an operator of the platform and print an API key, which is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        if User.objects.filter(email=email).exists():
            raise CommandError("This e-mail address has a log-in already.")
        user = create_login(email=email, name=options["name"], password=None)
        user.is_operator = True
        user.save(update_fields=["is_operator"])
        _, token = api_keys.issue(
            user=user,
            membership=None,
            name="create_operator",
            scopes=selectors.operator_principal(user).permissions,
            expires_at=clock.now() + LONGEST_KEY_LIFE,
        )
        self.stdout.write(token)
