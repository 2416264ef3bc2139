"""Sentences of Django for which its own German catalogue has no words; ours has them."""

from django.utils.translation import gettext_noop

NO_CHOICE_YET = gettext_noop("- Select an option -")
