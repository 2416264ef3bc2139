"""What is frozen stays so where a column holds nothing."""

from django.db import migrations

from policies import triggers


def renew(apps, editor):
    triggers.remove(editor.connection)
    triggers.install(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0006_overrides'),
    ]

    operations = [
        migrations.RunPython(renew, renew),
    ]
