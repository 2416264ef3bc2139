"""Worksheets, which never change once they are finished."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from training import triggers


def _install(apps, editor):
    triggers.install(editor.connection)


def _remove(apps, editor):
    triggers.remove(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_erased'),
        ('policies', '0006_overrides'),
        ('privacy', '0005_one_retention_rule'),
        ('training', '0007_records'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(_remove, _install),
        migrations.CreateModel(
            name='Worksheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.SlugField()),
                ('version', models.PositiveSmallIntegerField()),
                ('title_sealed', models.BinaryField()),
                ('answers_sealed', models.BinaryField()),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('saved_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('window', models.CharField(blank=True, max_length=16)),
                ('marked', models.BooleanField(default=False)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='worksheets', to='policies.activity')),
                ('data_key', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.datakey')),
                ('filler', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='worksheets', to=settings.AUTH_USER_MODEL)),
                ('shared_with', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.team')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['filler', '-id'], name='worksheet_by_filler'), models.Index(condition=models.Q(('shared_with__isnull', False)), fields=['shared_with', '-id'], name='worksheet_by_team')],
                'constraints': [models.CheckConstraint(condition=models.Q(('finished_at', None), ('saved_at__isnull', False), _connector='OR'), name='worksheet_is_filled_before_it_ends')],
            },
        ),
        migrations.RunPython(_install, _remove),
    ]
