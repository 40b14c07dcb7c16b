"""The house's own words instead of a model's: what of a passage fits a question best."""

import re

LONGEST = 280
"""Letters that are quoted at most."""
STEM = 5
"""Letters in which two words must agree to be taken for forms of one."""
SHORT = 3
"""Letters of words that say nothing about what is asked."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[。！？])")


def quoted(text: str, question: str) -> str:
    """The sentence with most of the question's words, and what follows it, up to ``LONGEST`` letters."""
    sentences = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    if not sentences:
        return ""
    wanted = _stems(question)
    shared = [len(wanted & _stems(sentence)) for sentence in sentences]
    first = shared.index(max(shared))
    said = sentences[first]
    for sentence in sentences[first + 1 :]:
        if len(said) + 1 + len(sentence) > LONGEST:
            break
        said = f"{said} {sentence}"
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rsplit(None, 1)[0]} …"


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in re.findall(r"\w+", text.lower()) if len(word) > SHORT}
