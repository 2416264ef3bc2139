"""The settings of the gate's process: those of the workbench, with its own addresses and nothing that only pages need."""

from workbench.settings import *  # noqa: F403

ROOT_URLCONF = "workbench.gate_urls"
# allauth does not start without it; here it passes everything on. TLS and its headers are the proxy's: a redirect would come after the token was sent.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
# What a program asks for wrongly may stand in the address, and Django would log that; the answer says it.
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}  # noqa: F405
# A conversation, not a file.
DATA_UPLOAD_MAX_MEMORY_SIZE = WORKBENCH_GATE_BYTES  # noqa: F405
# Its threads keep their connections, as PostgreSQL's are kept: opening the file anew for every step took longer than the step.
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)  # noqa: F405
