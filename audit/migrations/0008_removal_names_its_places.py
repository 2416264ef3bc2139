"""A row that lets entries go is taken only with an entry of the log that names these places."""

from django.db import migrations

from audit import triggers


def renew(apps, editor):
    """The condition of one trigger changed; they are made anew."""
    triggers.remove(editor.connection)
    triggers.install(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0007_removal'),
    ]

    operations = [
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]
