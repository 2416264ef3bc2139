"""Places in the tree, tiles, checkpoints. Events that are there already wait for their place."""

import json

from django.db import migrations, models

from audit import triggers
from audit.canonical import canonical_json


def canonical(apps, editor):
    """What older versions stored, once, before it is sealed: data in its canonical form, the model in its column; then all waits."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, data FROM audit_auditevent ORDER BY id")
        rows = cursor.fetchall()
        changes = []
        for pk, text in rows:
            data = json.loads(text)
            model = str(data.pop("model", ""))[:128]
            if (new := canonical_json(data)) != text or model:
                changes.append((new, model, pk))
        cursor.executemany("UPDATE audit_auditevent SET data = %s, model = %s WHERE id = %s", changes)
        cursor.execute("INSERT INTO audit_unsealed (event_pk) SELECT id FROM audit_auditevent")



class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_canonical_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('receipt', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('-size',),
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-size',),
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('event_pk', models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='PlaceState',
            fields=[
                ('place', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('fault', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.SmallIntegerField()),
                ('number', models.BigIntegerField()),
                ('hashes', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('event_pk', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('by_id', models.BigIntegerField(null=True)),
                ('touched_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('running', 'under way'), ('passed', 'everything verifies'), ('failed', 'something is wrong')], default='running', max_length=8)),
                ('size', models.BigIntegerField(help_text='entries to check')),
                ('position', models.BigIntegerField(default=0)),
                ('peaks', models.JSONField(default=list)),
                ('checked', models.JSONField(default=dict)),
                ('faults', models.JSONField(default=list)),
                ('seconds', models.FloatField(default=0)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['actor_id', 'id'], name='audit_by_actor'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['object_type', 'object_id', 'id'], name='audit_by_object'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['prompt_version_id', 'id'], name='audit_by_prompt'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['model', 'id'], name='audit_by_model'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['category', 'id'], name='audit_by_category'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['at', 'id'], name='audit_by_time'),
        ),
        migrations.AddConstraint(
            model_name='anchor',
            constraint=models.UniqueConstraint(fields=('place', 'size'), name='one_anchor_per_place_and_size'),
        ),
        migrations.AddConstraint(
            model_name='tile',
            constraint=models.UniqueConstraint(fields=('level', 'number'), name='one_tile_per_place'),
        ),
        migrations.RunPython(canonical, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, editor: triggers.install(editor.connection), lambda apps, editor: triggers.remove(editor.connection)
        ),
    ]
