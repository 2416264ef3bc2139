"""manage.py write_erased_keys"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workbench.privacy.erasing import ListUnwritable, write_anew


class Command(BaseCommand):
    help = (
        "Write the list of erased keys anew, where a part of it is lost and no copy is left: what can be read of it, and what the database knows. "
        "Not behind a restored backup: what that brought back is known from the list alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = write_anew()
        except ListUnwritable as error:
            raise CommandError(f"The list cannot be written: {error}. It is as it was.") from None
        self.stdout.write(f"The list has {count} lines.")
