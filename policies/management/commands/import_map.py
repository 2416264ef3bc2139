from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies import mapfile
from workbench.accounts.models import User


class Command(BaseCommand):
    help = "Take a map file over, in one transaction and in the name of a leader; with --dry-run only say what would change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="actor", required=True, metavar="USERNAME", help="the leader who decides")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = User.objects.filter(username=options["actor"], is_active=True).first()
        if actor is None:
            raise CommandError(f"Nobody here has the user name {options['actor']}.")
        try:
            done = mapfile.import_map(
                actor=actor, file=mapfile.read(options["file"].read_bytes()), dry_run=options["dry_run"]
            )
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from None
        except mapfile.FileRefused as refused:
            raise CommandError("\n".join(["Nothing was changed.", *map(str, refused.faults)])) from None
        for change in done.changes:
            self.stdout.write(
                f"{'+' if change.new else '~'} {change.kind} {change.slug or change.name} {'; '.join(change.words)}"
            )
        self.stdout.write(f"{len(done.changes)} {'would change' if done.dry_run else 'changed'}.")
