"""Which intent words are, by their examples alone: no model, no network, the same everywhere."""

from engine.protocol import Intent, JudgeIntent, Plain
from engine.understanding import match_phrases

CANDIDATES = 5
"""Candidates that are kept in the log."""


def by_examples(request: JudgeIntent) -> list[tuple[str, int]]:
    """Intents with their scores (per mille), the likeliest first."""
    scores = {i.id: _score(request.text, i) for i in request.intents}
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def judgement(scores: list[tuple[str, int]], by: str, threshold: int) -> Plain:
    """The value a `JudgeIntent` is answered with: the likeliest, when it is likely enough and no other is as
    likely."""
    best = ""
    if scores and scores[0][1] >= threshold and (len(scores) == 1 or scores[0][1] > scores[1][1]):
        best = scores[0][0]
    candidates = [{"id": id, "score": score} for id, score in scores[:CANDIDATES]]
    return {"intent": best, "by": by, "candidates": candidates}


def _score(text: str, intent: Intent) -> int:
    return match_phrases(text, intent.examples) if intent.examples else 0
