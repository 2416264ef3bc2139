"""Entries that were kept long enough may be removed, by whole segments and with an entry that says so."""

from django.db import migrations, models

from audit import triggers


def renew(apps, editor):
    """An event may go where the log says so; nothing else changes."""
    triggers.remove(editor.connection)
    triggers.install(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_feeds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.BigIntegerField()),
                ('behind', models.BigIntegerField()),
                ('event_pk', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('behind__gt', models.F('first'))), name='removal_is_a_stretch')],
            },
        ),
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]
