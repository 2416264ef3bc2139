"""Where a growing text may be cut so that nothing personal lies across the cut.

A cut stands behind a small word that joins no name, address or number to the next word ("the offer is | ready"), or behind a line.
Where neither comes for long, as in code or in another language, an end of a sentence will do, and later any blank. Whether there is a cut
at a place depends on what stands before it and on the next character alone, so every split of a text into chunks gives the same cuts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .words import word_set

#: Behind these words nothing goes on, whatever stood before them.
_STRONG = word_set(
    "is are was were has have had been being would could should can cannot do does did this these those it its you your we our they their "
    "there here when which who what why how because that if than not isn't aren't don't doesn't we'll you'll it's i'm i "
    "ist sind war waren hat haben hatte hatten wird werden wurde wurden würde kann können soll sollen muss müssen darf wir uns unser unsere "
    "ihnen ihre ihren nicht auch dass weil wenn aber doch noch schon nur sehr mehr hier jetzt damit sowie ich es"
)
#: These join words ("Ernst und Jung"), so a word in small letters or a mark must stand before them.
_WEAK = word_set(
    "the a an and or but for with to on from about into by so just also very more some any all "
    "die das ein eine einen einem einer eines und oder für mit auf bei nach über durch bis als wie"
)
#: How a sentence may begin without a name in its first word.
_FIRST = word_set(
    "thank thanks sure certainly of dear hello hi please in as based following vielen danke gerne natürlich guten hallo im bitte der"
)
_BLANK = re.compile(r"\s+(?=\S)")
_LOOK_BACK = 48
SENTENCE_AFTER, BLANK_AFTER = 400, 1_500
"""After so many characters without a cut an end of a sentence will do, and any blank."""
APART = 160
"""So far apart are two cuts; the first ones come sooner, so that a reader sees at once that something comes."""


def cuts(text: str, last: int, seen: int) -> Iterator[int]:
    """Places at which a text may be cut, in order, as far as they can be told.

    Args:
        text: What is there so far. At its end nothing is cut: the next character decides.
        last: Where it was cut last.
        seen: The last place that was yielded before.
    """
    for blank in _BLANK.finditer(text, max(last + min(last, APART) - 1, seen)):
        if blank.end() > seen and blank.end() >= last + min(last, APART) and _is_cut(text, last, *blank.span()):
            yield blank.end()


def _is_cut(text: str, last: int, start: int, end: int) -> bool:
    if "\n" in text[start:end] or end - last > BLANK_AFTER:
        return True
    before, _blank, word = text[max(0, start - _LOOK_BACK) : start].rpartition(" ")
    if "\n" in word:
        before, _line, word = word.rpartition("\n")
        before = ""
    bare = word.casefold().strip("\"'“”„»«(),;:!")
    begins = not before.strip() or before.rstrip()[-1] in ".!?:"
    small = word == word.lower()
    if bare in _STRONG and (small or begins):
        return True
    if bare in _WEAK and (begins or (small and (before.rstrip()[-1] in ",;" or before.rstrip()[-1].islower()))):
        return True
    if bare in _FIRST and begins:
        return True
    return end - last > SENTENCE_AFTER and word[-1:] in ".!?" and word[-4:-1].isalpha() and len(word) > 4
