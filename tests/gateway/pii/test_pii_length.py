"""What somebody pastes may be one word without an end: it takes as long as prose that the model reads as many pieces of."""

import time
from itertools import count

import pytest

from workbench.gateway.pii import anonymize

LENGTH = 20_000
_numbers = count()
PROSE = "The buyer of the port asked for forty sensors, and the planner sends the offer to the works in spring. "


def seconds_for(unit: str) -> float:
    # No text twice: what was looked at once is remembered.
    text = f"{next(_numbers)} {unit * (LENGTH // len(unit) + 1)}"[:LENGTH]
    begin = time.process_time()
    anonymize({"text": text}, language="en")
    return time.process_time() - begin


@pytest.mark.parametrize("unit", ["x", "7", "a-", "-", "x_", "Password", "token"])
def test_a_word_without_an_end_costs_no_more_than_prose_of_as_many_pieces(unit) -> None:
    anonymize({"text": "Once, so that everything is loaded."}, language="en")
    # Prose has about four letters for each piece that the model reads, "a-a-a-" one.
    assert seconds_for(unit) < 8 * seconds_for(PROSE)


@pytest.mark.parametrize("line", ["DB_PASSWORD_OLD=Kornblume-77x", "myApiKeyForTests = Kornblume-77x", "passwords='Kornblume-77x'"])  # fmt: skip
def test_a_secret_is_found_whatever_stands_around_its_word_in_the_name(line) -> None:
    assert "Kornblume-77x" in anonymize({"text": line}, language="en").mapping.values()
