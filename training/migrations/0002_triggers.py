"""A published version and a checked attempt never change."""

from django.db import migrations

from training import triggers


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(lambda apps, editor: triggers.install(editor.connection), lambda apps, editor: triggers.remove(editor.connection)),
    ]
