"""Attempts and notes of assignments are looked through for people by the sweeper; what is frozen stays so where a column holds nothing."""

from django.conf import settings
from django.db import migrations, models

from training import triggers


def install(apps, editor):
    triggers.install(editor.connection)


def remove(apps, editor):
    triggers.remove(editor.connection)


def show_whole_groups(apps, editor):
    """What trainers saw before stays on their page."""
    counts = apps.get_model("training", "LevelCount").objects
    totals = counts.order_by().values("version", "criterion").annotate(total=models.Sum("count")).filter(total__gte=5)
    for row in totals:
        counts.filter(version=row["version"], criterion=row["criterion"]).update(shown=models.F("count"))


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0005_one_retention_rule'),
        ('training', '0005_fundamentals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='assignment',
            name='marked',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='attempt',
            name='marked',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('marked', False)), fields=['id'], name='attempt_unmarked'),
        ),
        migrations.AddField(
            model_name='levelcount',
            name='shown',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(show_whole_groups, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
    ]
