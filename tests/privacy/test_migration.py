"""What a house decided about retention before the two numbers stood in one row holds on."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from workbench.privacy import retention

DECIDED = (
    ({}, {"texts": 6, "log": 6}),
    ({"log": 12}, {"texts": 6, "log": 12}),
    ({"log": 36, "texts": 24}, {"texts": 24, "log": 36}),
    ({"texts": 12}, {"texts": 12, "log": 12}),
)


@pytest.mark.django_db(transaction=True)
def test_months_that_were_decided_hold_on() -> None:
    def to(*targets) -> MigrationExecutor:
        executor = MigrationExecutor(connection)
        executor.migrate(targets or executor.loader.graph.leaf_nodes())
        return executor

    with connection.cursor() as cursor:
        for rows, kept in DECIDED:
            to(("privacy", "0004_held_keys_stay"))
            cursor.execute("DELETE FROM privacy_retentionrule")
            for kind, months in rows.items():
                cursor.execute("INSERT INTO privacy_retentionrule (kind, months) VALUES (%s, %s)", [kind, months])
            to(("privacy", "0005_one_retention_rule"))
            assert retention.months() == kept
    to()
