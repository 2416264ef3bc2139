"""Show, rotate and retire the keys that sign checkpoints."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit import keys
from audit.services import record


class Command(BaseCommand):
    help = "show: the keys that are trusted. rotate: a fresh key in front; both sign. retire: only the newest signs from now on; the others still check."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("act", choices=("show", "rotate", "retire"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] != "show":
            self._change(keys.rotated if options["act"] == "rotate" else keys.retired)
        try:
            ring = keys.current()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        signing = {signer.verifier for signer in ring.signers}
        for verifier in ring.verifiers:
            self.stdout.write(
                f"{'signs ' if verifier in signing else 'checks'}  {verifier}\n        {verifier.fingerprint}"
            )

    @transaction.atomic
    def _change(self, change: Any) -> None:
        if settings.WORKBENCH_SEAL_KEYS:
            raise CommandError(
                "The keys come from WORKBENCH_SEAL_KEYS or its _FILE: change them there, newest line first."
            )
        path = Path(settings.WORKBENCH_SEAL_KEYS_PATH)
        try:
            text = change(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}. Run ensure_keys first.") from None
        ring = keys.parse(text)
        record(
            action="seal.keys_changed",
            key=ring.active.key_id.hex(),
            fingerprint=ring.active.fingerprint.replace(" ", ""),
        )
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
