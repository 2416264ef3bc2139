"""The broker of the embedded set-up: kombu's, whose messages appear in its folder when they are whole.

kombu writes a message under the name by which it is found. A worker that looks at that moment moves it away, reads nothing, and ends.
"""

import os
import uuid
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message beside its name, and then gives it the name at once."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder, name = self.data_folder_out, f"{round(monotonic() * 1000)}_{uuid.uuid4()}"
        partial = os.path.join(folder, f"{name}.partial")
        with open(partial, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))  # type: ignore[no-untyped-call]
        os.replace(partial, os.path.join(folder, f"{name}.{queue}.msg"))


class Transport(filesystem.Transport):
    """``filesystem://`` with whole messages."""

    Channel = Channel
