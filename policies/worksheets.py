"""The worksheets that help with an activity. Training rests on policies and not the other way round, so whoever knows them is named by the
setting ``WORKBENCH_WORKSHEETS``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from policies.models import Activity


@dataclass(frozen=True, slots=True)
class Offer:
    """A form that people fill in themselves: its name, what it is for in a sentence, and its page."""

    name: str
    about: str
    url: str


def worksheets_for(activity: Activity) -> list[Offer]:
    """The worksheets that belong to an activity. No query."""
    ask = cast(Callable[[Activity], list[Offer]], import_string(settings.WORKBENCH_WORKSHEETS))
    return ask(activity)
