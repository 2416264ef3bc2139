"""The guard of the log looks an entry's place up by the entry, whatever a planner believes about the tables."""

from django.db import migrations

from audit import triggers


def renew(apps, editor):
    """The condition of one trigger changed; they are made anew."""
    triggers.remove(editor.connection)
    triggers.install(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0008_removal_names_its_places'),
    ]

    operations = [
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]
