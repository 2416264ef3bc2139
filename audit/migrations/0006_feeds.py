"""How far streams to security information systems are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_exports'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('stream', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField(null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('fault', models.CharField(blank=True, max_length=300)),
            ],
        ),
    ]
