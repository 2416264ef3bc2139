"""Load the demo company, or print its people."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workbench.demo import services


class Command(BaseCommand):
    help = "Load the demo company into an empty database (harmless when it is there). --print-people lists who can sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print-people", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.WORKBENCH_DEMO:
            raise CommandError("The demo company is only loaded where WORKBENCH_DEMO=1 is set.")
        if options["print_people"]:
            for person in services.people_by_role():
                self.stdout.write(
                    f"  {person['username']:<8} {person['name']:<18} {person['title']:<20} {person['role']:<14} {person['note']}"
                )
            self.stdout.write(f"  password of all of them: {services.PASSWORD}")
            return
        if not services.load():
            self.stdout.write("Demo company is there.")
            return
        services.load_coaching()
        services.load_learning()
        self.stdout.write("Demo company loaded.")
