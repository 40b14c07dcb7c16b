"""From words as a model writes them to sentences that can be spoken, each as soon as it is certain.

Nothing is lost and nothing changes its place: the texts of the sentences, one after the other, are what was written.
What is spoken is that text without what is only for the eye, see `spoken`.
"""

import re
from collections.abc import AsyncIterator

import msgspec

from engine.providers.llm.abbreviations import BEFORE_NUMBERS, NEVER, ORDINALS, PERHAPS
from engine.providers.llm.spoken import spoken

FIRST = 80
"""Characters after which the first sentence of an answer is cut at a comma: somebody is waiting."""
LONGEST = 280
"""Characters after which any sentence is cut at a comma, or at a space."""
HARDEST = 500
"""Characters after which it is cut anywhere."""
LEAST_CLAUSE = 30
LAST_DAY = 31
FENCE = "```"
_CLOSERS = "\"'”’»)]}*_`"
_WESTERN = ".!?…"
_STOP = re.compile(
    rf"(?P<stop>[{_WESTERN}]+)(?P<closed>[{re.escape(_CLOSERS)}]*)(?=\s)|(?P<other>[。！？｡؟۔।॥։።]+[」』）”’]*)|(?P<line>\n)"
)
_CLAUSE = re.compile(r"[,;:–—](?=\s)|[，、；：،؛]")
_LAST_WORD = re.compile(r"\S*$")
_LEADING = "([{\"'“‘«*_¿¡"


class Sentence(msgspec.Struct, frozen=True):
    """``text`` as it was written, with its blanks; ``spoken`` is empty where there is nothing to say."""

    text: str
    spoken: str


class Splitter:
    """One answer. ``locale`` decides what a stop after a number means."""

    def __init__(self, locale: str = "") -> None:
        self._ordinals = locale.partition("-")[0].lower() in ORDINALS
        self._text = ""
        self._at = 0
        self._new_line = True
        self._fenced = False
        self._said = False

    def feed(self, text: str) -> list[Sentence]:
        """The next words; the sentences that are whole now."""
        self._text += text
        found: list[Sentence] = []
        while (end := self._end()) is not None:
            found.append(self._cut(end))
        return found

    def finish(self) -> list[Sentence]:
        """No more words: what is left."""
        # A line's end settles all that waits for what follows; it is taken off again.
        found = self.feed("\n")
        if self._text:
            rest = self._text[:-1]
            return [*found, self._cut(len(rest))] if rest else found
        last = found.pop()
        return [*found, Sentence(last.text[:-1], last.spoken)]

    def _cut(self, end: int) -> Sentence:
        text, self._text, self._at = self._text[:end], self._text[end:], 0
        fence = self._opens_fence(text)
        if fence:
            self._fenced = not self._fenced
        said = "" if fence or self._fenced else spoken(text)
        self._said = self._said or bool(said)
        self._new_line = text.endswith("\n")
        return Sentence(text, said)

    def _opens_fence(self, text: str) -> bool:
        return self._begins_line(text) and text.lstrip().startswith(FENCE)

    def _begins_line(self, text: str) -> bool:
        return self._new_line or "\n" in text[: len(text) - len(text.lstrip())]

    def _end(self) -> int | None:
        """Where the first sentence ends; None when that is not certain yet."""
        while (found := _STOP.search(self._text, self._at)) is not None:
            if found["line"] is not None:
                ends: bool | None = bool(self._text[: found.start()].strip())
            elif found["other"] is not None:
                ends = True
            else:
                ends = self._ends(found)
            if ends is None:
                self._at = found.start()
                return self._too_long()
            if ends:
                return found.end()
            self._at = found.end()
        # A stop at the very end waits for what follows it.
        self._at = max(self._at, len(self._text.rstrip(_WESTERN + _CLOSERS)))
        return self._too_long()

    def _ends(self, found: re.Match[str]) -> bool | None:
        after = self._text[found.end() :].lstrip(" \t")
        following = after[:1]
        if found["stop"] != ".":
            if not found["closed"] and found["stop"].strip(".…"):
                return True
            return None if not following else not following.islower()
        before = self._text[: found.start()]
        last = _LAST_WORD.search(before)
        word = (last.group() if last else "").lstrip(_LEADING)
        return self._after_word(word, before[: len(before) - len(word)], following)

    def _after_word(self, word: str, before: str, following: str) -> bool | None:
        small = word.lower()
        if small in NEVER:
            return False
        if word.isdecimal():
            marks_item = not before.strip() and self._begins_line(before)
            return not marks_item and not (self._ordinals and len(word) <= 2 and int(word) <= LAST_DAY)
        if len(word) == 1 and word.isalpha():
            named = before.split()
            initial = not named or named[-1][:1].isupper() or named[-1].endswith(".")
            return not initial and word.isupper()
        if small in BEFORE_NUMBERS or small in PERHAPS or re.fullmatch(r"(\w\.)+\w", small):
            if not following:
                return None
            return not following.isdecimal() if small in BEFORE_NUMBERS else not following.islower()
        return True

    def _too_long(self) -> int | None:
        size = len(self._text)
        limit = LONGEST if self._said else FIRST
        if size <= limit or self._fenced or self._opens_fence(self._text):
            return size if size > HARDEST else None
        clauses = [m.end() for m in _CLAUSE.finditer(self._text, LEAST_CLAUSE, size - 1)]
        if clauses:
            return clauses[-1] + 1 if self._text[clauses[-1]].isspace() else clauses[-1]
        if size > LONGEST and (space := self._text.rfind(" ", LEAST_CLAUSE, LONGEST)) > 0:
            return space + 1
        return HARDEST if size > HARDEST else None


async def sentences(words: AsyncIterator[str], locale: str = "") -> AsyncIterator[Sentence]:
    """The sentences of a text that is still being written."""
    splitter = Splitter(locale)
    async for piece in words:
        for sentence in splitter.feed(piece):
            yield sentence
    for sentence in splitter.finish():
        yield sentence
