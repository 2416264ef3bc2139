"""Attempts know which window kept something last."""

from django.db import migrations, models

from training import triggers


def install(apps, editor):
    triggers.install(editor.connection)


def remove(apps, editor):
    triggers.remove(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0009_coaching'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='attempt',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='attempt',
            name='window',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.RunPython(install, remove),
    ]
