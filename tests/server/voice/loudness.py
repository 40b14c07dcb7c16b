"""Voice activity by loudness alone: a tone is speech, silence is silence, and time is counted in samples."""

from array import array

from livekit import rtc
from livekit.agents import vad

BEGINS_AFTER = 0.05
ENDS_AFTER = 0.25


class LoudnessVad(vad.VAD):
    def __init__(self) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=0.02))

    def stream(self) -> "LoudnessStream":
        return LoudnessStream(self)


class LoudnessStream(vad.VADStream):
    async def _main_task(self) -> None:
        speech = quiet = 0.0
        speaking = False
        async for frame in self._input_ch:
            if not isinstance(frame, rtc.AudioFrame):
                speech, quiet, speaking = 0.0, 0.0, False
                continue
            loud = max((abs(s) for s in array("h", frame.data.tobytes())), default=0) > 1_000
            speech, quiet = (speech + frame.duration, 0.0) if loud else (speech, quiet + frame.duration)
            if not loud and not speaking:
                speech = 0.0
            if not speaking and speech >= BEGINS_AFTER:
                speaking = True
                self._tell(vad.VADEventType.START_OF_SPEECH, speech, quiet, True)
            self._tell(vad.VADEventType.INFERENCE_DONE, speech if speaking else 0.0, quiet, speaking, loud)
            if speaking and quiet >= ENDS_AFTER:
                speaking = False
                self._tell(vad.VADEventType.END_OF_SPEECH, speech, quiet, False)
                speech = 0.0

    def _tell(
        self, kind: vad.VADEventType, speech: float, quiet: float, speaking: bool, loud: bool = False
    ) -> None:
        self._event_ch.send_nowait(
            vad.VADEvent(
                type=kind,
                samples_index=0,
                timestamp=0.0,
                speech_duration=speech,
                silence_duration=quiet,
                speaking=speaking,
                raw_accumulated_silence=quiet,
                raw_accumulated_speech=speech if loud else 0.0,
            )
        )
