"""The log's data becomes text in canonical form, the model that answered a column."""

from django.db import migrations, models

import audit.models
from audit import triggers


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_triggers")]
    operations = [
        migrations.RunPython(lambda apps, editor: triggers.remove(editor.connection), migrations.RunPython.noop),
        migrations.AddField("auditevent", "model", models.CharField(blank=True, default="", max_length=128)),
        migrations.AlterField("auditevent", "data", audit.models.CanonicalJSONField(default=dict)),
    ]
