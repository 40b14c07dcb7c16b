"""The one agent of a line, and the settings under which `AgentSession` does as we say.

It finds voice activity, the end of turns, interruptions, and plays what it is given; it decides nothing.
"""

from collections.abc import Callable
from typing import Any

from livekit.agents import Agent, AgentSession, StopResponse, llm, vad
from livekit.agents.voice.turn import TurnHandlingOptions

from server.channels.voice.ears import Ears

INTERRUPTS_AFTER = 0.25
"""Seconds of speech that cut in."""
FALSE_AFTER = 1.5
"""Seconds of silence, with no word recognised, after which speech that was paused goes on."""
WEB_WARMUP = 1.0
"""Seconds in which a browser's echo canceller learns; nobody can cut in meanwhile. Phones need none."""


class FlowAgent(Agent):
    """Hands each turn on and lets the session answer nothing itself."""

    def __init__(self, on_turn: Callable[[], None]) -> None:
        super().__init__(instructions="", llm=None)
        self._on_turn = on_turn

    async def on_user_turn_completed(self, turn_ctx: llm.ChatContext, new_message: llm.ChatMessage) -> None:
        """The caller's turn is over. Turns run strictly one after the other: never wait in here."""
        self._on_turn()
        raise StopResponse


def open_session(ears: Ears, detector: vad.VAD, *, phone: bool, resumes: bool) -> AgentSession[Any]:
    """A session of our own; ``resumes``: speech that was paused by mere noise goes on."""
    turns = TurnHandlingOptions(
        turn_detection="stt" if ears.ends_turns else "vad",
        endpointing={"mode": "fixed", "min_delay": 0.5, "max_delay": 1.5},
        interruption={
            "mode": "vad",
            "min_duration": INTERRUPTS_AFTER,
            "discard_audio_if_uninterruptible": False,
            "resume_false_interruption": resumes,
            "false_interruption_timeout": FALSE_AFTER,
        },
        preemptive_generation={"enabled": False},
    )
    return AgentSession(
        stt=ears,
        vad=detector,
        turn_handling=turns,
        aec_warmup_duration=None if phone else WEB_WARMUP,
        user_away_timeout=None,
        session_close_transcript_timeout=0,
    )
