"""Why somebody put a policy in force although a fundamental was not in place."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from policies import triggers


def _install(apps, editor):
    triggers.install(editor.connection)


def _remove(apps, editor):
    triggers.remove(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0005_prompt_test_lease'),
        ('privacy', '0005_one_retention_rule'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(_remove, _install),
        migrations.CreateModel(
            name='PolicyOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('fundamentals', models.JSONField()),
                ('reason_sealed', models.BinaryField()),
                ('marked', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('data_key', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.datakey')),
                ('policy_version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='override', to='policies.policyversion')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.RunPython(_install, _remove),
    ]
