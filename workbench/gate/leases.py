"""What this process has under way: each run's lease is renewed while its model writes, and who does not read loses the stream.

One task looks after all runs of the process, with one query for all of them. A run that is not held any more (somebody cancelled it, or the
sweeper took it back) is stopped; so is one whose client has taken nothing for ``STALLED`` seconds.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from workbench.gate.threads import in_database
from workbench.runs.heartbeat import HEARTBEAT_SECONDS, LEASE
from workbench.runs.models import Run, State

logger = logging.getLogger(__name__)
STALLED = 60.0


@dataclass
class Held:
    """A run under way. ``offered``: since when a piece waits for its client to take it; ``why``: why it was stopped; ``over``: its end is being kept."""

    run_id: int
    lease: UUID
    task: asyncio.Task[object] | None
    offered: float | None = None
    why: str = ""
    over: bool = False

    def stop(self, why: str) -> None:
        """Stop it at its next step, unless it is at its end."""
        if not self.over and not self.why and self.task is not None:
            self.why = why
            self.task.cancel()


@dataclass
class _Process:
    held: dict[int, Held] = field(default_factory=dict)
    keeper: asyncio.Task[None] | None = None


_processes: dict[asyncio.AbstractEventLoop, _Process] = {}


@asynccontextmanager
async def holding(run: Run) -> AsyncIterator[Held]:
    """Hold a claimed run while it is under way."""
    assert run.lease is not None
    process = _processes.setdefault(asyncio.get_running_loop(), _Process())
    held = process.held[run.pk] = Held(run.pk, run.lease, asyncio.current_task())
    if process.keeper is None or process.keeper.done():
        process.keeper = asyncio.create_task(_keep(process))
    try:
        yield held
    finally:
        del process.held[run.pk]


async def _keep(process: _Process) -> None:
    while process.held:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        now = time.monotonic()
        for held in list(process.held.values()):
            if held.offered is not None and now - held.offered > STALLED:
                held.stop("client_gone")
        if not process.held:
            return
        asked = {held.run_id: held.lease for held in process.held.values() if not held.over}
        try:
            still = await in_database(_renew, asked)
        except Exception as error:
            # The next beat tries again; a lease that runs out meanwhile is taken back, and the run ends as lost.
            logger.warning("leases could not be renewed (%s)", type(error).__name__)
            continue
        for run_id in asked.keys() - still:
            if run_id in process.held:
                process.held[run_id].stop("cancelled")


def _renew(leases: dict[int, UUID]) -> set[int]:
    """Renew what is still held; the ids of those."""
    mine = Run.objects.filter(pk__in=leases, state=State.RUNNING, lease__in=leases.values())
    mine.update(lease_until=timezone.now() + LEASE)
    return set(mine.values_list("pk", flat=True))
