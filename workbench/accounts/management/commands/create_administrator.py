"""Add the first administrator of an installation, or one more when nobody can sign in any longer."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workbench.accounts import services
from workbench.accounts.models import Role, User


class Command(BaseCommand):
    help = (
        "Add a person with the role administrator, who adds everybody else on the page People. The password is asked for, "
        "or read as one line from standard input; it is never an argument, where other users of the machine could see it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ("username", "email", "first-name", "last-name"):
            parser.add_argument(f"--{name}", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username__iexact=options["username"]).exists():
            raise CommandError(f"The user name “{options['username']}” is taken. Nobody was added.")
        password = self._password()
        try:
            validate_password(password, User(username=options["username"], email=options["email"]))
            person = services.create_person(
                actor=None, username=options["username"], email=options["email"], first_name=options["first_name"],
                last_name=options["last_name"], roles=[Role.ADMINISTRATOR], password=password,
            )  # fmt: skip
        except ValidationError as error:
            raise CommandError(" ".join(error.messages) + " Nobody was added.") from None
        self.stdout.write(f"{person} can sign in as {person.username} and add everybody else on the page People.")

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass("Password (at least 12 characters): ")
        if getpass.getpass("The same again: ") != first:
            raise CommandError("The two passwords differ. Nobody was added.")
        return first
