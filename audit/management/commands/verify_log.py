"""Verify the whole log from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import verifying
from audit.differences import WARNINGS


class Command(BaseCommand):
    help = "Verify every entry, the tree, checkpoints, copies outside and completeness. Ends with 1 when something is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = verifying.verify()
        except verifying.AlreadyRunning:
            raise CommandError(
                "A verification is under way; the page Seal and checkpoints shows how far it is."
            ) from None
        for fault in result.faults:
            where = " ".join(f"{name} {fault[name]}" for name in ("entry", "position") if fault[name] is not None)
            mark = "warning" if fault["kind"] in WARNINGS else "WRONG"
            self.stdout.write(f"{mark}: {fault['kind']} {where} {fault['detail']}".rstrip())
        if result.state != "passed":
            raise CommandError(f"The log is not what was sealed ({result.size} entries, {result.seconds} s).")
        self.stdout.write(f"Everything verifies: {result.size} entries in {result.seconds} s.")
