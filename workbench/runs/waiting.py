"""What else waits on the home page. Runs import nothing that stands above them, so the setting ``WORKBENCH_WAITING`` names whoever knows."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from workbench.accounts.models import User


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for a person: what it is, a line about it, and the one button. ``late``: its time is over."""

    icon: str
    title: str
    text: str
    url: str
    action: str
    late: bool = False


def waiting_for(user: User) -> list[Waiting]:
    """Everything that waits for somebody elsewhere, in the order of the setting."""
    found: list[Waiting] = []
    for path in settings.WORKBENCH_WAITING:
        ask: Callable[[User], list[Waiting]] = import_string(path)
        found += ask(user)
    return found
