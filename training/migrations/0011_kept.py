"""Completions never change, and no statement empties what is kept."""

from django.db import migrations

from training import triggers


def renew(apps, editor):
    triggers.remove(editor.connection)
    triggers.install(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0010_windows'),
    ]

    operations = [
        migrations.RunPython(renew, renew),
    ]
