from typing import Any

from django.core.management.base import BaseCommand

from policies import mapfile


class Command(BaseCommand):
    help = "Write the whole map as YAML: stages, activities, policies, tools without keys, prompts."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(mapfile.write(mapfile.current_map()), ending="")
