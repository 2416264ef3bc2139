"""Wrap all data keys with the newest key of the ring."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workbench.privacy import keyring, services


class Command(BaseCommand):
    help = (
        "Wrap every data key with the first key of the key ring. --new first puts a fresh key in front (key file only)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="put a new key in front of the key file first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            self._put_new_key_in_front()
        try:
            count = services.rotate_keys()
        except keyring.Unreadable as error:
            raise CommandError(
                f"{error} Nothing more was changed; put the missing key back into the ring and run this again."
            ) from None
        self.stdout.write(f"{count} data keys wrapped anew with {keyring.current().active_id}.")

    def _put_new_key_in_front(self) -> None:
        if settings.WORKBENCH_KEYRING:
            raise CommandError(
                "The key ring comes from the environment. Put the new key in front there, then run this without --new."
            )
        path = Path(settings.WORKBENCH_KEYRING_PATH)
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(keyring.new_entry() + "\n" + old)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
