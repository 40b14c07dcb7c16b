"""Effects: all that leaves the engine.

The k-th effect of the step that consumed event number ``seq`` has the id ``session:seq:k``: its idempotency
key. Inside one session ``seq:k`` names it.
"""

import msgspec

from engine.protocol.thinking import AskModel, CallTool, Cite, JudgeIntent, SearchKnowledge
from engine.protocol.values import Plain


class Button(msgspec.Struct, frozen=True, omit_defaults=True):
    """A choice shown on a screen."""

    id: str
    label: str


class Image(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture by its address, with the words for who cannot see it."""

    url: str
    alt: str = ""


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """Facts on a screen, never spoken."""

    title: str
    text: str = ""
    image: Image | None = None


class Speak(msgspec.Struct, frozen=True, tag="speak", omit_defaults=True):
    """Words for the other side. ``epoch`` numbers the stretch of speech it belongs to; ``prompt`` is the
    content hash of a static prompt (so prepared audio can be found), empty when the words were made for
    this moment; then ``parts`` are its fixed words and its values one by one, so that a prompt of which every
    part was prepared can be spoken without a provider. ``audio`` is the address of a recording to play
    instead of the words. ``stream`` is the id of the `AskModel` whose sentences these are, when a model wrote
    them."""

    text: str
    node: str
    epoch: int = 0
    interruptible: bool = True
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    image: Image | None = None
    audio: str = ""
    prompt: str = ""
    parts: tuple[str, ...] = ()
    stream: str = ""


class Listen(msgspec.Struct, frozen=True, tag="listen", omit_defaults=True):
    """The floor is the other side's; ``expects`` is the type asked for (a hint for endpointing and for the
    screen)."""

    node: str
    expects: str = ""


class StopSpeech(msgspec.Struct, frozen=True, tag="stop_speech", omit_defaults=True):
    """Be silent now; what was left of ``epoch`` is dropped."""

    epoch: int


class SetTimer(msgspec.Struct, frozen=True, tag="set_timer", omit_defaults=True):
    """Send ``TimerFired(timer)`` in ``delay`` milliseconds. With ``after_speech`` the time runs from the
    end of what is being spoken."""

    timer: int
    delay: int
    after_speech: bool = False


class CancelTimer(msgspec.Struct, frozen=True, tag="cancel_timer", omit_defaults=True):
    """Forget a timer."""

    timer: int


class HttpRequest(msgspec.Struct, frozen=True, tag="http", omit_defaults=True):
    """Call a web service and answer with ``Result(effect=id)``: value ``{"status": int, "body": plain}``.

    ``timeout`` is in milliseconds for one attempt; ``retries`` are further attempts after a failure that may
    pass. ``replay``: ``safe`` may be asked again after a crash, ``never`` must not be.
    """

    id: str
    node: str
    method: str
    url: str
    headers: dict[str, str] = {}
    body: Plain = None
    timeout: int = 5000
    retries: int = 0
    replay: str = "safe"


class Transfer(msgspec.Struct, frozen=True, tag="transfer", omit_defaults=True):
    """Give the call to somebody else and answer with ``Result(effect=id)``.

    ``to`` is a telephone number or a SIP address. ``cold`` sends the caller there and lets go; ``warm`` calls
    there first, says ``briefing`` and asks whether the call is taken. ``timeout`` is how long it may ring, in
    milliseconds. Outcomes: ``ok`` (the caller is theirs), ``busy``, ``no_answer``, ``refused``, ``error``,
    ``unknown``.
    """

    id: str
    node: str
    to: str
    manner: str = "cold"
    briefing: str = ""
    timeout: int = 30_000


class TakeMessage(msgspec.Struct, frozen=True, tag="take_message", omit_defaults=True):
    """Record what the caller says until she is silent, presses ``finish`` or ``longest`` is over (times in
    milliseconds), and answer with ``Result(effect=id)``: ``ok`` with ``{"recording": name, "ms": int}``,
    ``silence``, ``error``."""

    id: str
    node: str
    longest: int = 120_000
    silence: int = 3_000
    finish: str = "#"
    beep: bool = True


class Recording(msgspec.Struct, frozen=True, tag="recording", omit_defaults=True):
    """Record the call from now on (``on``), not for a while (``pause``), or no longer (``off``)."""

    node: str
    action: str


class PressKeys(msgspec.Struct, frozen=True, tag="press_keys", omit_defaults=True):
    """Send telephone keys to the other side: ``0``-``9``, ``*``, ``#``, ``A``-``D``, and ``w`` for half a
    second of silence."""

    node: str
    keys: str


class Mark(msgspec.Struct, frozen=True, tag="mark", omit_defaults=True):
    """A moment worth a name: a checkpoint reached, an arm of an experiment taken."""

    name: str
    node: str
    value: Plain = None


class Fault(msgspec.Struct, frozen=True, tag="fault", omit_defaults=True):
    """The run met a defect: a trap the compiler laid (its finding's code), or fuel ran out."""

    code: str
    node: str
    message: str


class End(msgspec.Struct, frozen=True, tag="end", omit_defaults=True):
    """The session is over, once all that was said has been heard."""

    outcome: str
    node: str = ""


Effect = (
    Speak
    | Listen
    | StopSpeech
    | SetTimer
    | CancelTimer
    | HttpRequest
    | AskModel
    | SearchKnowledge
    | JudgeIntent
    | CallTool
    | Cite
    | Transfer
    | TakeMessage
    | Recording
    | PressKeys
    | Mark
    | Fault
    | End
)
