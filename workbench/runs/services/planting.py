"""Planted errors: whoever reviews a draft first may get a copy with one error in it, and learns of it right after the verdict.

Only the reviewer ever sees how they did. Everybody else gets one figure per policy (``workbench.runs.figures.planted``). The log holds that an
error was revealed, without the person and without the result.
"""

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from policies.control_points import Draft, run_checks
from policies.evidence.planting import plant
from workbench.accounts.models import User
from workbench.runs.evidence import language_of
from workbench.runs.models import Output, Plant, Run, State, Verdict
from workbench.runs.services.running import RunRefused, log_run

_PERSON = re.compile(r"\[PERSON_\d+\]\Z")
#: How far back one's own figure looks.
OWN_DAYS = timedelta(days=365)


def plant_error(*, run: Run, draft: str, points: dict[str, Any], rng: random.Random) -> Plant | None:
    """By chance, one draft in ``every``: make a copy of a fresh draft with an error in it. Of fields no copy is made.

    Called inside the transaction that stores the draft.
    """
    asked = points.get("planted_error")
    if asked is None or run.output_schema is not None or rng.randrange(int(asked.get("every", 20))):
        return None
    sources = tuple(run.inputs.values())
    people = [original for mark, original in run.mapping.items() if _PERSON.match(mark)]
    planted = plant(draft, "\n".join(sources), people, rng, language=language_of(run))
    if planted is None:
        return None
    checks = run_checks(points, Draft(planted.text, sources))
    made = Plant(run=run, data_key=run.data_key, kind=planted.kind)
    made.content = {
        "text": planted.text, "before": planted.before, "after": planted.after, "sentence": planted.sentence, "right": planted.right,
        "checks": [{"kind": check.kind, "ok": check.ok, "marks": list(check.marks)} for check in checks],
    }  # fmt: skip
    made.save()
    return made


def plant_of(run: Run) -> Plant | None:
    """The planted error of a run, or None. Free where the run came with ``plant``."""
    return getattr(run, "plant", None)


def open_plant(run: Run, user: Any) -> Plant | None:
    """The planted error that this person has in front of them. Whoever asked for the draft has seen it as it is."""
    found = plant_of(run)
    waiting = found is not None and found.decided_at is None and run.state == State.IN_REVIEW
    return found if waiting and run.requester_id != user.pk else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft as one person sees it, and the results of its checks."""

    text: str
    checks: list[dict[str, Any]]


def shown_to(user: Any, run: Run, output: Output) -> Shown:
    """The draft, or for a reviewer the copy with the planted error. Raises ``Erased``."""
    found = open_plant(run, user)
    if found is None:
        return Shown(output.draft, output.checks)
    return Shown(found.content["text"], found.content["checks"])


@transaction.atomic
def decide_plant(*, actor: User, run: Run, plant: Plant, verdict: str, text: str | None, reason: str) -> Plant:
    """Keep whether the error was seen, and let the draft itself wait for its verdict. What was typed is kept, the error taken out of it."""
    content = plant.content
    kept = text if text is not None and text != content["text"] else ""
    still = (text or "") if verdict == Verdict.EDITED else content["text"]
    caught = verdict == Verdict.REJECTED or _count(content["after"], still) < _count(content["after"], content["text"])
    plant.content = content | {"typed": _without_error(kept, content), "reason": reason.strip()}
    plant.reviewer, plant.verdict, plant.caught, plant.decided_at = actor, verdict, caught, timezone.now()
    plant.save()
    log_run("run.error_revealed", run, None, kind=plant.kind)
    return plant


def _count(words: str, text: str) -> int:
    """How often the words stand in a text by themselves: "3" does not stand in "38"."""
    return len(re.findall(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _without_error(typed: str, content: dict[str, Any]) -> str:
    """What somebody typed with the true words where the wrong ones were planted, also where the sentence around them was changed."""
    before, after, sentence = content["before"], content["after"], content["sentence"]
    text = typed.replace(sentence, content["right"])
    surplus = _count(after, text) - _count(after, content["text"].replace(sentence, content["right"]))
    for _time in range(surplus if typed else 0):
        # The wrong words may stand elsewhere by right: those that stand in the most similar surroundings are the planted ones.
        spots = [found.start() for found in re.finditer(rf"(?<!\w){re.escape(after)}(?!\w)", text)]
        room = len(sentence)
        spot = max(spots, key=lambda at: SequenceMatcher(None, text[max(0, at - room) : at + room], sentence).ratio())
        text = text[:spot] + before + text[spot + len(after) :]
    return text


def require_no_planted_error(run: Run, draft: str, final: str) -> None:
    """The error never goes out, whoever typed it: neither its sentence nor its words in place of the true ones. Raises RunRefused."""
    found = plant_of(run)
    if found is None:
        return
    before, after, sentence = (found.content[name] for name in ("before", "after", "sentence"))
    exchanged = _count(after, final) > _count(after, draft) and _count(before, final) < _count(before, draft)
    if exchanged or (sentence in final and sentence not in draft):
        raise RunRefused(
            {"text": _("This sentence carries the planted error: “%s” Put the true words back.") % sentence}
        )


def own_rate(user: User) -> tuple[int, int]:
    """How many planted errors this person saw, of how many, in the last year. For their own eyes. One query."""
    since = timezone.now() - OWN_DAYS
    results = list(Plant.objects.filter(reviewer=user, decided_at__gte=since).values_list("caught", flat=True))
    return sum(map(bool, results)), len(results)
