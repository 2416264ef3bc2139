"""No statement empties what is kept."""

from django.db import migrations

from policies import triggers


def renew(apps, editor):
    triggers.remove(editor.connection)
    triggers.install(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0007_override_triggers'),
    ]

    operations = [
        migrations.RunPython(renew, renew),
    ]
