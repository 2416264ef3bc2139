"""A draft with its evidence, cut into the pieces that the page draws: sentences, and within them what rests on a source or on nothing."""

from dataclasses import dataclass

from policies.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a sentence. ``line``: where they stand in the source; ``number``: which open mark they are, from 1; neither for other words.

    ``first``: the first place of an open mark, to which the keyboard goes.
    """

    text: str
    line: int | None = None
    number: int | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence with the numbers of its nearest source lines, or what stands between two sentences (``lines`` None)."""

    pieces: tuple[Piece, ...]
    lines: str | None = None


def marked(text: str, evidence: Evidence) -> list[Stretch]:
    """The whole text in order; put together again, the pieces are the text."""
    number = {mark.key: n for n, mark in enumerate(evidence.open, 1)}
    seen: set[str] = set()
    found: list[Stretch] = []
    at = 0
    for start, end, lines in evidence.sentences:
        found.append(Stretch((Piece(text[at:start]),)))
        found.append(Stretch(_pieces(text, start, end, evidence, number, seen), " ".join(map(str, lines))))
        at = end
    return [*found, Stretch((Piece(text[at:]),))]


def _pieces(
    text: str, start: int, end: int, evidence: Evidence, number: dict[str, int], seen: set[str]
) -> tuple[Piece, ...]:
    """One sentence. A mark that runs over its end, such as a quote of two sentences, is drawn in each of them."""
    pieces: list[Piece] = []
    at = start
    for mark in evidence.marks:
        left, right = max(mark.start, at), min(mark.end, end)
        if left >= right:
            continue
        pieces.append(Piece(text[at:left]))
        if mark.line is not None:
            pieces.append(Piece(text[left:right], line=mark.line))
        else:
            pieces.append(Piece(text[left:right], number=number[mark.key], first=mark.key not in seen))
            seen.add(mark.key)
        at = right
    return (*pieces, Piece(text[at:end]))
