"""The last look at what is about to leave."""

import re
from collections.abc import Iterable, Mapping


class Leak(Exception):
    """Something that a placeholder stands for is about to leave. Carries the placeholders, never the values."""

    def __init__(self, placeholders: Iterable[str]) -> None:
        self.placeholders = tuple(placeholders)
        super().__init__(", ".join(self.placeholders))


def check(outbound: str, mapping: Mapping[str, str], *, fixed: str = "") -> None:
    """Raise Leak when an original of ``mapping`` stands in ``outbound`` as a word of its own.

    ``fixed`` is the approved template's own text: a word that stands there (a buyer called “Goal”) may stand in what leaves
    as often as in the template, not once more. Look-alikes of placeholders (LITERAL) are not personal and do not count.
    """
    leaks = []
    folded, public = outbound.casefold(), fixed.casefold()
    for placeholder, original in mapping.items():
        value = original.casefold()
        if not value.strip() or placeholder.startswith("[LITERAL_") or value not in folded:
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
        if len(pattern.findall(folded)) > len(pattern.findall(public)):
            leaks.append(placeholder)
    if leaks:
        raise Leak(leaks)
