"""Completions from before certificates get a code of their own each."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from training.models import Completion


@pytest.mark.django_db(transaction=True)
def test_completions_that_were_there_get_codes_that_differ() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("training", "0003_proofs")])
    old = executor.loader.project_state([("training", "0003_proofs")]).apps
    person = old.get_model("accounts", "User").objects.create(username="ada")
    right = old.get_model("accounts", "Qualification").objects.create(
        person=person, name="basics", evidence="Exam of 3 March"
    )
    path = old.get_model("training", "LearningPath").objects.create(slug="x", title={"en": "X"}, about={"en": "X"}, qualification="basics", months=6)  # fmt: skip
    for _ in range(3):
        old.get_model("training", "Completion").objects.create(learner=person, path=path, language="en", qualification=right, versions={}, at=timezone.now())  # fmt: skip
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    codes = set(Completion.objects.values_list("code", flat=True))
    assert len(codes) == 3
    assert all(len(code) == 32 for code in codes)
