"""The whole map as a YAML file: stages, tools, activities with goal and policy, prompts.

The same form is written by the export, read by the import, and compared by the dry run, so that a file which goes out comes back
as it was. Drafts, decisions that wait for their day, keys and figures are not in it. Its JSON Schema is ``schema.json`` here.
"""

from policies.mapfile.applying import Imported, import_map
from policies.mapfile.current import current_map
from policies.mapfile.plan import Change, differences, faults_of
from policies.mapfile.reading import Fault, MapFile, MapFileRefused, read
from policies.mapfile.writing import write

__all__ = [
    "Change",
    "Fault",
    "Imported",
    "MapFile",
    "MapFileRefused",
    "current_map",
    "differences",
    "faults_of",
    "import_map",
    "read",
    "write",
]
