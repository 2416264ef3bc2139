"""The project's settings with an environment of their own: a temporary data directory, fixed keys, no embedded model.

``WORKBENCH_TEST_DATABASE_URL`` and ``WORKBENCH_TEST_BROKER_URL`` name the services of a run; without them SQLite and files are used.
"""

import base64
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

_badge_key = generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
_data = Path(tempfile.mkdtemp(prefix="workbench-tests-"))
os.environ.update(
    WORKBENCH_DATA_DIR=str(_data),
    WORKBENCH_SECRET_KEY="only-for-tests",
    WORKBENCH_KEYRING="test:" + base64.b64encode(b"k" * 32).decode(),
    WORKBENCH_SEAL_KEYS="PRIVATE+KEY+tests.example/log+6b4749f7+AWtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr",
    WORKBENCH_BADGE_KEYS=_badge_key.decode(),
    WORKBENCH_DEMO="1",
    WORKBENCH_MODEL="openai:fake",
    WORKBENCH_MODEL_BASE_URL="http://127.0.0.1:9/v1",
    WORKBENCH_MODEL_API_KEY="only-for-tests",
    WORKBENCH_DATABASE_URL=os.environ.get("WORKBENCH_TEST_DATABASE_URL", f"sqlite:///{_data / 'tests.sqlite3'}"),
    WORKBENCH_BROKER_URL=os.environ.get("WORKBENCH_TEST_BROKER_URL", ""),
)
from workbench.settings import *  # noqa: E402, F403
from workbench.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: tests with several threads share it.
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "tests.sqlite3")}
