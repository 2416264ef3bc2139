"""Proofs from the command line."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import proofs
from audit.models import Checkpoint, Leaf


class Command(BaseCommand):
    help = "Print the proof for one entry of the log, or between two checkpoints, as JSON."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("entry", type=int, nargs="?", help="number of an entry")
        parser.add_argument("--between", type=int, nargs=2, metavar=("OLD", "NEW"), help="sizes of two checkpoints")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["entry"] is None) == (options["between"] is None):
            raise CommandError("Give the number of an entry, or --between and two sizes.")
        try:
            proof = (
                proofs.consistency(*options["between"]) if options["between"] else proofs.inclusion(options["entry"])
            )
        except Leaf.DoesNotExist:
            raise CommandError("There is no such entry, or it is not sealed yet.") from None
        except Checkpoint.DoesNotExist:
            raise CommandError("There is no checkpoint of that size.") from None
        except proofs.NoProofYet:
            raise CommandError("No checkpoint covers this entry yet.") from None
        except ValueError as error:
            raise CommandError(str(error)) from None
        except proofs.Removed:
            raise CommandError(
                "The entry was removed when its time was over. An export made before still proves it."
            ) from None
        except LookupError:
            raise CommandError("The stored tree is damaged: there is no proof. Run verify_log.") from None
        self.stdout.write(json.dumps(proof, indent=1, ensure_ascii=False))
