"""Work that a worker holds for as long as it lives: a lease in the database, renewed while a model thinks."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType

from django.db import connection

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
HEARTBEAT_SECONDS = 5.0


class Heartbeat(AbstractContextManager["Heartbeat"]):
    """Renews a lease every few seconds. ``lost`` is set when that failed: the work was cancelled, or taken back.

    Args:
        name: what is held, for the log.
        renew: lengthens the lease by LEASE and says whether it was still held.
    """

    def __init__(self, name: str, renew: Callable[[], bool]) -> None:
        self._name, self._renew = name, renew
        self._stop = threading.Event()
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of {name}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(HEARTBEAT_SECONDS):
                if not self._renew():
                    self.lost.set()
                    return
        except Exception as error:
            logger.warning("heartbeat of %s ended (%s)", self._name, type(error).__name__)
        finally:
            connection.close()
