"""manage.py mark_subjects"""

from typing import Any

from django.core.management.base import BaseCommand

from workbench.privacy.subjects import add_subjects
from workbench.runs.subjects import without_marks

_BATCH = 200


class Command(BaseCommand):
    help = "Note who is in the records of runs from before this was kept, so that requests find them. Can be interrupted and repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        after, count = 0, 0
        while rows := list(without_marks(after, _BATCH)):
            for _position, data_key, found in rows:
                add_subjects(data_key, found)
            after, count = rows[-1][0], count + len(rows)
        self.stdout.write(f"{count} runs looked through.")
