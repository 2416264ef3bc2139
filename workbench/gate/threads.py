"""Where the gate does what must not hold up its loop: threads for the database, for requests, for looking through texts, and for whole runs.

A stream holds none of them while it waits for the model or for its client. A request is looked through for as long as it is large, so it has
threads of its own: leases are renewed meanwhile, and one person has half of them at most.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

from django.db import close_old_connections
from django.urls import set_urlconf
from django.utils import translation

PAGES = "workbench.urls"
_DATABASE = ThreadPoolExecutor(8, thread_name_prefix="gate-database")
_REQUESTS = ThreadPoolExecutor(8, thread_name_prefix="gate-requests")
_OF_ONE_PERSON = 4
_TEXTS = ThreadPoolExecutor(os.cpu_count() or 2, thread_name_prefix="gate-texts")
_RUNS = ThreadPoolExecutor(32, thread_name_prefix="gate-runs")


async def in_database[**P, T](work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Work with the database in a thread that has a connection; sentences are in the language that is active here."""
    return await _in(_DATABASE, work, *args, **kwargs)


_turns: WeakValueDictionary[tuple[asyncio.AbstractEventLoop, int], asyncio.Semaphore] = WeakValueDictionary()


async def in_request[**P, T](person: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Like ``in_database``, for what looks through the request of a person."""
    turn = _turns.setdefault((asyncio.get_running_loop(), person), asyncio.Semaphore(_OF_ONE_PERSON))
    async with turn:
        return await _in(_REQUESTS, work, *args, **kwargs)


async def in_run[**P, T](work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Take a run through the model in a thread of its own."""
    return await _in(_RUNS, work, *args, **kwargs)


async def _in[T](pool: ThreadPoolExecutor, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    language = translation.get_language() or "en"

    def call() -> T:
        close_old_connections()
        # Notices and mails lead to the pages, which another process serves.
        set_urlconf(PAGES)
        try:
            with translation.override(language):
                return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(pool, call)


async def in_texts[T](work: Callable[[], T]) -> T:
    """Look through a text in a thread; nothing of the database is reached from there."""
    return await asyncio.get_running_loop().run_in_executor(_TEXTS, work)
