"""Making one list out of many findings: no overlap, nothing half covered, placeholders look-alikes taken out."""

from __future__ import annotations

from collections.abc import Iterable

from .values import PLACEHOLDER_TYPES, Finding

_RANK = {type_: rank for rank, type_ in enumerate(PLACEHOLDER_TYPES)}


def _stronger(one: Finding, other: Finding) -> Finding:
    """Which of two overlapping findings gives its type: a mark, else a pattern (the model often
    knows that a number is personal, not of what kind), else the longer, else the earlier type."""
    if "MARKED" in (one.type, other.type) and one.type != other.type:
        return one if one.type == "MARKED" else other
    if "LITERAL" in (one.type, other.type) and one.type != other.type:
        return other if one.type == "LITERAL" else one
    if (one.source == "rampart") != (other.source == "rampart"):
        return other if one.source == "rampart" else one
    return min(one, other, key=lambda f: (-(f.end - f.start), _RANK[f.type], -f.score, f.source))


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Join findings that overlap into one that covers them all, so that no rest of one stays readable.

    Args:
        findings: In any order, overlapping as they like, all of one text.

    Returns:
        In order, without overlap. What lies wholly inside a LITERAL stays part of it.
    """
    ordered = sorted(set(findings), key=lambda f: (f.start, -f.end, _RANK[f.type], f.source))
    literals = [f for f in ordered if f.type == "LITERAL"]
    result: list[Finding] = []
    strongest: Finding | None = None
    at = 0
    for finding in ordered:
        while at < len(literals) and literals[at].end <= finding.start:
            at += 1
        inside = at < len(literals) and literals[at].start <= finding.start and finding.end <= literals[at].end
        if inside and finding.type not in ("LITERAL", "MARKED"):
            continue
        if strongest is not None and finding.start < result[-1].end:
            last = result[-1]
            strongest = _stronger(strongest, finding)
            end = max(last.end, finding.end)
            result[-1] = Finding(last.start, end, strongest.type, strongest.score, strongest.source)
        else:
            strongest = finding
            result.append(finding)
    return result
