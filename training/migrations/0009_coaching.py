"""The coaching log, whose entries never change."""

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
        ('training', '0008_worksheets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(_remove, _install),
        migrations.CreateModel(
            name='CoachingEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('call', 'Call accompanied'), ('review', 'Deal review held')], max_length=10, verbose_name='kind')),
                ('held_on', models.DateField(verbose_name='day')),
                ('due', models.DateField(null=True, verbose_name='by when')),
                ('agreed_sealed', models.BinaryField()),
                ('marked', models.BooleanField(default=False)),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(null=True)),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('activity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='policies.activity', verbose_name='activity')),
                ('data_key', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.datakey')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='manager')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['manager', '-id'], name='coaching_by_manager'), models.Index(fields=['person', '-id'], name='coaching_by_person'), models.Index(fields=['held_on'], name='coaching_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['call', 'review'])), name='coaching_of_a_known_kind'), models.CheckConstraint(condition=models.Q(('manager', models.F('person')), _negated=True), name='nobody_coaches_themselves'), models.CheckConstraint(condition=models.Q(('due', None), ('due__gte', models.F('held_on')), _connector='OR'), name='coaching_due_after_the_day'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False), models.Q(('done_by', models.F('manager')), ('done_by', models.F('person')), _connector='OR')), _connector='OR'), name='coaching_done_by_one_of_the_two'), models.CheckConstraint(condition=models.Q(('done_at', None), ('taken_back_at', None), _connector='OR'), name='coaching_ends_once')],
            },
        ),
        migrations.RunPython(_install, _remove),
    ]
