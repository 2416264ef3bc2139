"""Reading a map file: its form, with every default filled in."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from policies.mapfile.form import PROMPT, TOOL, whole, whole_activity
from policies.yamlfile import Data, Parsed, Path_, parse

MAX_BYTES = 10_000_000
SCHEMA: Data = json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class MapFile:
    """A file of the right form: its map with every default filled in, where each part stands, and its SHA-256."""

    data: Data
    lines: dict[Path_, int]
    sha256: str

    def line(self, path: Path_) -> int:
        """The line of a part, or of the nearest part around it."""
        return Parsed(self.data, self.lines).line(path)


def read(content: bytes) -> MapFile:
    """Parse and check the form of a file. Raises FileRefused with every fault of its form."""
    too_large = _("The file is larger than 10 MB. Split it: what a file does not name stays as it is.")
    parsed = parse(content, SCHEMA, most=MAX_BYTES, too_large=too_large)
    value = parsed.value
    data = {
        "stages": list(value.get("stages", ())),
        "tools": [whole(entry, TOOL) for entry in value.get("tools", ())],
        "activities": [whole_activity(entry) for entry in value.get("activities", ())],
        "prompts": [whole(entry, PROMPT) for entry in value.get("prompts", ())],
    }
    return MapFile(data, parsed.lines, hashlib.sha256(content).hexdigest())
