"""BERT's way of cutting text into tokens (uncased): words, punctuation, then the longest pieces the vocabulary has."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

CLASSIFY, SEPARATE, UNKNOWN, PAD = "[CLS]", "[SEP]", "[UNK]", "[PAD]"
LONGEST_WORD = 100
"""Letters; a longer word is unknown, as the model was trained."""
IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
"""Each of these is a word of its own."""
CACHED_WORDS = 20_000


class WordPiece:
    """Cuts texts by a vocabulary: one piece a line, its number the line's. Raises ``ValueError`` when the
    vocabulary lacks what every text needs."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.numbers = {piece: number for number, piece in enumerate(pieces)}
        try:
            self.begin, self.end, self.unknown, self.pad = (
                self.numbers[name] for name in (CLASSIFY, SEPARATE, UNKNOWN, PAD)
            )
        except KeyError as missing:
            raise ValueError(f"The vocabulary has no {missing}.") from None
        self._pieces = lru_cache(CACHED_WORDS)(self._cut)

    @classmethod
    def read(cls, path: Path) -> "WordPiece":
        """From a ``vocab.txt``; raises ``OSError`` and ``ValueError``."""
        return cls(path.read_text("utf-8").splitlines())

    def tokens(self, text: str, longest: int) -> list[int]:
        """The numbers of the text's pieces between begin and end, ``longest`` in all."""
        found = [self.begin]
        for word in words(text):
            found += self._pieces(word)
            if len(found) >= longest:
                break
        return [*found[: longest - 1], self.end]

    def count(self, text: str) -> int:
        """How many pieces the text has."""
        return sum(len(self._pieces(word)) for word in words(text))

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return (self.unknown,)
        found: list[int] = []
        start = 0
        while start < len(word):
            end = len(word)
            while end > start:
                number = self.numbers.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
                end -= 1
            else:
                return (self.unknown,)
            found.append(number)
            start = end
        return tuple(found)


def words(text: str) -> Iterator[str]:
    """Words in lower case without accents; each sign of punctuation is one."""
    for chunk in _plain(text).split():
        start = 0
        for at, letter in enumerate(chunk):
            if _punctuation(letter):
                if at > start:
                    yield chunk[start:at]
                yield letter
                start = at + 1
        if start < len(chunk):
            yield chunk[start:]


def _plain(text: str) -> str:
    if text.isascii():
        return "".join(" " if c in "\t\n\r" else c for c in text if c.isprintable() or c in "\t\n\r").lower()
    spaced = "".join(_spaced(letter) for letter in text)
    bare = (each for each in unicodedata.normalize("NFD", spaced) if unicodedata.category(each) != "Mn")
    return "".join(letter.lower() for letter in bare)


def _spaced(letter: str) -> str:
    if letter in "\t\n\r":
        return " "
    if letter == "\ufffd" or unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    if letter.isspace():
        return " "
    if any(first <= ord(letter) <= last for first, last in IDEOGRAPHS):
        return f" {letter} "
    return letter


@lru_cache(4096)
def _punctuation(letter: str) -> bool:
    code = ord(letter)
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126:
        return True
    return code > 127 and unicodedata.category(letter).startswith("P")
