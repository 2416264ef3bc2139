"""Which passages of the source are nearest to a sentence of the draft: by the words they share, rare ones counting more (TF-IDF, cosine)."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_SENTENCE = re.compile(r"[^\n]*?(?:[.!?…](?=[\"”“»)]*(?:\s|\Z))[\"”“»)]*|(?=\n|\Z))", re.DOTALL)
_TOKEN = re.compile(r"\w+")
#: Endings of both languages fall away: "doors" and "door", "Häuser" and "Häusern" count as the same.
_STEM = 6
_NEAR = 0.12
#: A word that stands in more lines than this tells none of them apart: the first ones speak for it, and a sentence costs no more than its words.
_TELLING = 500


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a text as start and end; a line break ends one too."""
    found = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        if end > start:
            found.append((start, end))
    return found


def _terms(text: str) -> Counter[str]:
    return Counter(
        token[:_STEM] for token in map(str.casefold, _TOKEN.findall(text)) if len(token) > 2 or token.isdigit()
    )


class Passages:
    """The lines of the sources, ready to be asked for the nearest ones."""

    def __init__(self, lines: Sequence[str]) -> None:
        terms = [_terms(line) for line in lines]
        seen = Counter(term for row in terms for term in row)
        self._weight = {term: math.log(1 + len(lines) / count) for term, count in seen.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, row in enumerate(terms):
            weighted = {term: (1 + math.log(count)) * self._weight[term] for term, count in row.items()}
            length = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
            for term, value in weighted.items():
                if len(self._postings[term]) < _TELLING:
                    self._postings[term].append((number, value / length))
        self._asked: dict[str, tuple[int, ...]] = {}

    def nearest(self, sentence: str) -> tuple[int, ...]:
        """The numbers of the three nearest lines at most, from 0, the nearest first; none where nothing is near."""
        if sentence not in self._asked:
            self._asked[sentence] = self._nearest(sentence, 3)
        return self._asked[sentence]

    def _nearest(self, sentence: str, most: int) -> tuple[int, ...]:
        weighted = {
            term: (1 + math.log(count)) * self._weight[term]
            for term, count in _terms(sentence).items()
            if term in self._weight
        }
        length = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
        score: dict[int, float] = defaultdict(float)
        for term, value in weighted.items():
            for number, share in self._postings[term]:
                score[number] += share * value / length
        best = sorted(((value, -number) for number, value in score.items() if value >= _NEAR), reverse=True)[:most]
        return tuple(-number for _value, number in best)
