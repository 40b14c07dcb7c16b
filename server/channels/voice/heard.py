"""What somebody has heard of an utterance that was cut."""

from collections.abc import Sequence

from engine.providers.speech import Word

MS_A_CHARACTER = 65
"""How long a character takes to say, about: for sound that is not all made yet and tells no word times."""


def words_heard(text: str, words: Sequence[Word], played_ms: int, total_ms: int | None) -> str:
    """The beginning of ``text`` that had sounded after ``played_ms``: by the words' own times where there
    are some, else in proportion to the whole. A word counts once half of it was to be heard."""
    if played_ms <= 0:
        return ""
    if words:
        return " ".join(w.text.strip() for w in words if (w.start + w.end) // 2 <= played_ms).strip()
    total = total_ms or max(1, len(text)) * MS_A_CHARACTER
    if played_ms >= total:
        return text
    limit = len(text) * played_ms
    heard: list[str] = []
    at = 0
    for word in text.split():
        middle = text.index(word, at) + len(word) // 2
        if middle * total > limit:
            break
        heard.append(word)
        at = text.index(word, at) + len(word)
    return " ".join(heard)
