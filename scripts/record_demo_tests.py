"""Run the demo's prompts on their examples with a real model and keep the answers for the demo to load.

Start the demo once, so that the model answers, then with the same settings:

    WORKBENCH_DEMO=1 WORKBENCH_EMBEDDED_URL=… WORKBENCH_EMBEDDED_KEY_FILE=… python scripts/record_demo_tests.py [prompt …]

With names of prompts only these are run and the others keep what was recorded. Works on a database of its own that is thrown away.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from policies.models import PromptTest, PromptVersion, Tool
    from workbench.accounts.models import User
    from workbench.demo import services
    from workbench.privacy.models import DataKey
    from workbench.runs.testing import run_prompt_test

    call_command("migrate", verbosity=0)
    target, services.RECORDED = services.RECORDED, Path(os.devnull)
    data = services.company()
    for part in ("activities", "prompts"):
        data[part] += data["learning"][part]
    services.load_library(data, services.load_people(data), services.ensure_tool())
    versions = PromptVersion.objects.select_related("prompt").order_by("prompt__slug")
    found = {}
    if wanted := sys.argv[1:]:
        versions = versions.filter(prompt__slug__in=wanted)
        found = json.loads(target.read_text(encoding="utf-8"))
    for version in versions:
        test = PromptTest.objects.create(
            version=version,
            tool=Tool.objects.get(),
            tested_by=User.objects.get(username="marit"),
            total=1,
            data_key=DataKey.make(),
        )
        run_prompt_test(test.pk)
        test = PromptTest.objects.select_related("data_key").get(pk=test.pk)
        print(f"{version.prompt.slug}: {test.passed}/{test.total} {test.failure}")
        if not test.failure:
            found[version.prompt.slug] = {"model": test.model, "results": test.results}
    target.write_text(json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
