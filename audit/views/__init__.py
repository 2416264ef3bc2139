"""Pages of the log: reading it, its seal, exports."""

from audit.views.exports import export_file, exports
from audit.views.log import count, entry, log
from audit.views.seal import checkpoint, seal, seal_now, verification, verify_now

__all__ = [
    "checkpoint",
    "count",
    "entry",
    "export_file",
    "exports",
    "log",
    "seal",
    "seal_now",
    "verification",
    "verify_now",
]
