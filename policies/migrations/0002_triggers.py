"""The triggers were installed here; now the last migration that changed their tables does it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]
    operations: list[object] = []
