"""What looks through large requests holds up neither leases nor other people."""

import asyncio
import threading

from workbench.gate.threads import in_database, in_request


def test_large_requests_of_one_person_hold_up_nobody_else() -> None:
    release = threading.Event()

    async def ask() -> tuple[str, str]:
        large = [asyncio.ensure_future(in_request(1, release.wait, 20)) for _ in range(20)]
        try:
            renewed = await asyncio.wait_for(in_database(lambda: "renewed"), 5)
            other = await asyncio.wait_for(in_request(2, lambda: "taken"), 5)
        finally:
            release.set()
            await asyncio.gather(*large)
        return renewed, other

    assert asyncio.run(ask()) == ("renewed", "taken")
