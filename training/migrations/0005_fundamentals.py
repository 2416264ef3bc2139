"""Fundamentals of selling and assessments, which never change."""

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
        ('training', '0004_assignments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(_remove, _install),
        migrations.CreateModel(
            name='Fundamental',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('texts', models.JSONField()),
                ('months', models.PositiveSmallIntegerField(default=3, verbose_name='months between assessments')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(null=True)),
                ('activities', models.ManyToManyField(blank=True, related_name='fundamentals', to='policies.activity', verbose_name='activities that rest on it')),
            ],
            options={
                'ordering': ('order', 'slug'),
            },
        ),
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('not_yet', 'Not yet'), ('in_part', 'In part'), ('in_place', 'In place')], max_length=10, verbose_name='level')),
                ('looked_on', models.DateField(verbose_name='looked at on')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('evidence_sealed', models.BinaryField()),
                ('source_sealed', models.BinaryField(null=True)),
                ('marked', models.BooleanField(default=False)),
                ('assessed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('data_key', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.datakey')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team', verbose_name='team')),
                ('fundamental', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='training.fundamental')),
            ],
            options={
                'ordering': ('-looked_on', '-id'),
            },
        ),
        migrations.AddConstraint(
            model_name='fundamental',
            constraint=models.CheckConstraint(condition=models.Q(('months__gte', 1), ('months__lte', 24)), name='fundamental_is_looked_at_again'),
        ),
        migrations.AddIndex(
            model_name='assessment',
            index=models.Index(fields=['fundamental', 'team', '-looked_on', '-id'], name='newest_assessment'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['not_yet', 'in_part', 'in_place'])), name='level_is_a_known_word'),
        ),
        migrations.RunPython(_install, _remove),
    ]
