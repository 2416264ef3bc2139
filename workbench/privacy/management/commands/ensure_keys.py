"""Make the secret key, the key ring, the key that seals the log and the one that signs badges of an embedded installation, where they are missing."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from audit import notes
from workbench.privacy import badgekeys, keyring


class Command(BaseCommand):
    help = "Make secret.key, keyring, seal-keys and badge-keys in the data directory (mode 600) unless they exist. Existing files are never changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        files: tuple[tuple[Path, Callable[[], str]], ...] = (
            (Path(settings.DATA_DIR) / "secret.key", lambda: secrets.token_urlsafe(48)),
            (Path(settings.WORKBENCH_KEYRING_PATH), keyring.new_entry),
            (Path(settings.WORKBENCH_SEAL_KEYS_PATH), lambda: str(notes.new_signer(notes.new_origin()))),
            (Path(settings.WORKBENCH_BADGE_KEYS_PATH), badgekeys.new_key),
        )
        for path, make in files:
            if path.exists():
                continue
            content = make()
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content + "\n")
            self.stdout.write(f"made {path.name}")
