from typing import Any

from django.db import migrations, models


def one_row(apps: Any, schema_editor: Any) -> None:
    """The rows of each kind become one, so that the database can hold them to each other."""
    months = {"texts": 6, "log": 6, **dict(apps.get_model("privacy", "RuleOfKind").objects.values_list("kind", "months"))}
    if apps.get_model("privacy", "RuleOfKind").objects.exists():
        log = max(months["log"], months["texts"])
        apps.get_model("privacy", "RetentionRule").objects.create(pk=1, texts=months["texts"], log=log)


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_held_keys_stay")]

    operations = [
        migrations.RenameModel("RetentionRule", "RuleOfKind"),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("texts", models.PositiveSmallIntegerField()),
                ("log", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(pk=1), name="one_retention_rule"),
                    models.CheckConstraint(condition=models.Q(log__gte=models.F("texts")), name="log_is_kept_as_long_as_texts"),
                ],
            },
        ),
        migrations.RunPython(one_row, migrations.RunPython.noop),
        migrations.DeleteModel("RuleOfKind"),
    ]
