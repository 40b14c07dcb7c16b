"""What the caller said since it was last told: final transcripts, until the turn is over.

`AgentSession` ends turns; but it drops a turn that falls into speech which must not be cut, and one utterance
can come in several pieces. So the words are kept here, and whoever sees the end of the turn first empties it.
"""

from engine.conversation.voice import Utterance
from engine.providers.speech import Transcript

UNFINISHED = {
    "en": "a an and at but by er erm for from i'd i'll i'm if into my of on or our so than the to uh um until with",
    "de": "am an auf aus bei bis das der die ein eine für im in mein meine mit oder um und von zu äh ähm",
    "es": "a al con de del el en la los las mi o para pero por que un una y",
    "fr": "à au avec dans de des du en et euh la le les mais mon ou par pour que sur un une",
}
"""Words after which a sentence goes on."""


def sounds_unfinished(text: str, locale: str) -> bool:
    """Whether the words can hardly be all: they end in the middle of a sentence."""
    words = text.lower().rstrip(" …").split()
    if not words:
        return False
    last = words[-1]
    if last.endswith(","):
        return True
    return last in UNFINISHED.get(locale.partition("-")[0], "").split()


class Basket:
    """The final transcripts of a turn that is not over yet."""

    def __init__(self) -> None:
        self._finals: list[Transcript] = []

    def __bool__(self) -> bool:
        return bool(self._finals)

    def add(self, transcript: Transcript) -> None:
        """One more."""
        self._finals.append(transcript)

    @property
    def text(self) -> str:
        """All words so far."""
        return " ".join(final.text for final in self._finals)

    @property
    def billed_ms(self) -> int:
        """The sound the recogniser counts."""
        return sum(final.billed_ms for final in self._finals)

    def take(self, ended: int) -> Utterance:
        """Empty it into one utterance; ``ended`` is how long ago the caller fell silent (ms). It is as sure
        as its least sure piece, and has alternatives only when it came in one."""
        finals, self._finals = self._finals, []
        return Utterance(
            text=" ".join(final.text for final in finals),
            sure=min((final.sure for final in finals), default=0),
            alternatives=finals[0].alternatives if len(finals) == 1 else (),
            language=finals[-1].language if finals else "",
            ended=max(0, ended),
        )
