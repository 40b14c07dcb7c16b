"""What is known of a turn."""

import msgspec


class TurnFacts(msgspec.Struct):
    """One turn. ``at`` is when it was measured (ms since 1970).

    ``transcript``, ``decision`` and ``audio`` are milliseconds from the end of what the caller said (in a chat:
    from her message) to the final words, to the first thing decided, to the first sound of the answer; None
    where the turn had no such part. ``stt`` and ``tts`` name the providers, ``prepared`` says that none had to
    speak. ``heard_ms`` and ``characters`` are what was recognised and synthesised, ``cost_micros`` what both
    and the models cost (millionths of a US dollar). ``model`` names the language model that was asked last, ``read``
    and ``written`` are its tokens. ``barged_in``: the caller cut in on the answer.
    """

    organization_id: str
    session_id: str
    modality: str
    at: int
    transcript: int | None = None
    decision: int | None = None
    audio: int | None = None
    stt: str = ""
    tts: str = ""
    prepared: bool = False
    barged_in: bool = False
    heard_ms: int = 0
    characters: int = 0
    cost_micros: int = 0
    model: str = ""
    read: int = 0
    written: int = 0

    @property
    def answer(self) -> int | None:
        """How long the person waited for an answer, in milliseconds."""
        return self.decision if self.audio is None else self.audio
