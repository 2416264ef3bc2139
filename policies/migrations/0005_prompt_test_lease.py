"""A test run of a prompt belongs to the worker that renews its lease."""

from django.db import migrations, models

from policies import triggers


def _install(apps, editor):
    triggers.install(editor.connection)


def _remove(apps, editor):
    triggers.remove(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_activity_map")]

    operations = [
        # SQLite makes the table anew, which the triggers that name it do not survive.
        migrations.RunPython(_remove, _install),
        migrations.AddField("prompttest", "attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
        migrations.AddField("prompttest", "lease_until", models.DateTimeField(editable=False, null=True)),
        migrations.RunPython(_install, _remove),
    ]
