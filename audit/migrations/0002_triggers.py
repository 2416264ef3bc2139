"""Once the triggers of the log alone; 0003 installs those of everything that is sealed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = []
