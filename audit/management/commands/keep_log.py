"""The keeper of the log: gives events their place in the tree, and signs it. Run one, or several; they do not get in each other's way."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection

from audit import sealing

logger = logging.getLogger("audit")


class Command(BaseCommand):
    help = "Seal what waits twice a second and sign a checkpoint when one is due, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--seconds", type=float, default=0.5, help="pause between two looks (0.5)")

    def handle(self, *args: Any, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        failing = ""
        while not ended.wait(options["seconds"]):
            try:
                sealing.seal()
                if sealing.due():
                    sealing.make_checkpoint()
                failing = ""
            except (Error, LookupError, sealing.SealBroken) as error:
                # Said once: an outage of the database would fill the log otherwise. The health page tells how long events wait.
                if type(error).__name__ != failing:
                    failing = type(error).__name__
                    logger.error("The log cannot be sealed: %s", failing)
                connection.close()
