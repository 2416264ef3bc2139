"""The database itself keeps what must not change."""

from django.db import migrations

from audit import triggers


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: triggers.install(editor.connection), lambda apps, editor: triggers.remove(editor.connection)
        )
    ]
