"""What was taken along from the log."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_seal'),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('filters', models.JSONField(default=dict)),
                ('count', models.BigIntegerField()),
                ('done', models.BigIntegerField(default=0)),
                ('size', models.BigIntegerField(help_text='entries under the checkpoint in the file')),
                ('state', models.CharField(choices=[('streaming', 'under way'), ('done', 'handed over'), ('broken', 'broken off')], default='streaming', max_length=10)),
                ('touched_at', models.DateTimeField(auto_now=True)),
                ('manifest_sha256', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
    ]
