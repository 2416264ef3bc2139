"""manage.py replay_erasures"""

from typing import Any

from django.core.management.base import BaseCommand

from workbench.privacy.erasing import replay


class Command(BaseCommand):
    help = "After a backup was restored: destroy the data keys again that were destroyed before, by the list outside of the database."

    def handle(self, *args: Any, **options: Any) -> None:
        count = replay(self.stderr.write)
        self.stdout.write(f"{count} records were erased again." if count else "Nothing had come back.")
