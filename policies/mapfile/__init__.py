"""The whole map as a YAML file: stages, tools, activities with goal and policy, prompts.

The same form is written by the export, read by the import, and compared by the dry run, so that a file which goes out comes back
as it was. Drafts, decisions that wait for their day, keys and figures are not in it. Its JSON Schema is ``schema.json`` here.
"""

from policies.mapfile.applying import Imported, MapChanged, import_map
from policies.mapfile.current import current_map
from policies.mapfile.plan import Change, differences, faults_of
from policies.mapfile.reading import MapFile, read
from policies.mapfile.writing import write
from policies.yamlfile import Fault, FileRefused

__all__ = [
    "Change",
    "Fault",
    "FileRefused",
    "Imported",
    "MapChanged",
    "MapFile",
    "current_map",
    "differences",
    "faults_of",
    "import_map",
    "read",
    "write",
]
