"""Bring the demo's database up to date in one process: migrate, load the company, print who can sign in.

``python -m workbench.demo.prepare`` does what ``manage.py migrate``, ``manage.py load_demo`` and
``manage.py load_demo --print-people`` do one after the other; starting Python once instead of three times is what
keeps the second start of the demo short. The last lines of its output are the people.
"""

import io
import os
import sys


def main() -> int:
    """Migrate, load, print the people. Errors of Django's commands are one sentence on standard error."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    try:
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo", stdout=io.StringIO())
        call_command("load_demo", print_people=True)
    except (CommandError, ImproperlyConfigured) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OperationalError as error:
        sys.stderr.write(f"The database cannot be used: {str(error).strip()}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
