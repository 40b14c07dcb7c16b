"""One session, live: take an event, step, commit, perform.

There is one queue and one consumer. Whoever brings an event while nobody is consuming consumes until the
queue is empty; so a turn needs no task of its own. Nothing is performed before it is committed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from engine.conversation.hearing import hear
from engine.conversation.ports import (
    Channel,
    Clock,
    Duplicate,
    EventLog,
    Fenced,
    Handle,
    Line,
    SessionRef,
    Telephony,
    Tools,
)
from engine.conversation.supposing import Supposing
from engine.conversation.thinking import Thinker, Thought, begun
from engine.protocol import (
    AskModel,
    BargeIn,
    CallTool,
    CancelTimer,
    Digit,
    Event,
    Heard,
    HttpRequest,
    HungUp,
    JudgeIntent,
    Pressed,
    Record,
    Result,
    Resumed,
    SearchKnowledge,
    SetTimer,
    Signal,
    Speak,
    SpeechFinished,
    Started,
    State,
    Switched,
    TakeMessage,
    TimerFired,
    Transfer,
    Trouble,
    Wrote,
)
from engine.runtime import Phase, Run, expectation, fail, initial, replay, step

ANSWERS = (HttpRequest, Transfer, TakeMessage, AskModel, SearchKnowledge, JudgeIntent, CallTool)
"""Effects that answer."""

MAX_HELD = 8
"""Words that may wait for the session to listen again."""

Answering = HttpRequest | Transfer | TakeMessage | Thought

THOUGHTS = frozenset((AskModel, SearchKnowledge, JudgeIntent, CallTool))

Make = Callable[[State, int], Event | None]
"""Makes an event for a state at a time (ms since the start); None when it must wait until the session
listens."""


class Closed(Exception):
    """The conversation was closed or fenced; nothing more can be brought to it."""


class _Item(msgspec.Struct):
    make: Make
    key: str
    done: asyncio.Future[Record | None] | None


class Conversation:
    """A session and its owner's powers over it.

    ``epoch`` fences: once another owner has taken over, `Fenced` closes this one. Public methods answer with
    the committed `Record`, or None when the words wait for the session to listen again.
    """

    def __init__(
        self,
        run: Run,
        ref: SessionRef,
        epoch: int,
        log: EventLog,
        channel: Channel,
        tools: Tools,
        clock: Clock,
        started_ms: int,
    ) -> None:
        self.run = run
        self.ref = ref
        self.epoch = epoch
        self.channel = channel
        self.state = initial(run)
        self.closed = False
        self.telephony: Telephony | None = None
        self.line: Line | None = None
        self.thinker = Thinker(run.program, ref.session)
        self._supposing = Supposing(run, self.thinker)
        self._log = log
        self._tools = tools
        self._clock = clock
        self._started_ms = started_ms
        self._last_at = 0
        self._queue: deque[_Item] = deque()
        self._held: deque[_Item] = deque()
        self._consuming = False
        self._timers: dict[int, Handle] = {}
        self._requests: dict[str, asyncio.Task[None]] = {}
        self._messages: set[str] = set()
        self._thinking: set[str] = set()
        self._buttons: dict[str, str] = {}

    @property
    def ended(self) -> bool:
        """Whether the session is over."""
        return self.state.phase == Phase.ENDED

    async def start(self) -> Record | None:
        """Begin: the flow speaks first."""
        return await self._bring(lambda _, at: Started(at))

    async def resume(self, records: list[Record]) -> Record | None:
        """Take a session over from its log: fold it, and ask again what had not been answered.

        What may not be asked twice is answered ``unknown``. A session that never began, begins.
        """
        self.state = replay(self.run, records)
        if not records:
            return await self.start()
        self._last_at = records[-1].event.at
        self._remember_buttons(records)
        if self.ended:
            return None
        record = await self._bring(lambda _, at: Resumed(at))
        pending = {p.effect for p in self.state.pending}
        for old in records:
            for effect in old.effects:
                if isinstance(effect, ANSWERS) and effect.id in pending:
                    await self._ask_again(effect, records)
        return record

    async def switch(self, modality: str) -> Record | None:
        """The talk goes on by ``voice`` or by ``text``, or by voice over another line: what only the old line
        could have answered is answered ``unknown``."""
        lost = {p.effect for p in self.state.pending} & self._messages
        record = await self._bring(lambda _, at: Switched(at, modality))
        for effect in lost:
            await self.answer(effect, "unknown", None, "The line was lost while the message was recorded.")
        return record

    async def say(self, text: str, key: str = "", *, spoken: bool = False, sure: int = 0) -> Record | None:
        """The other side typed or said something; ``sure`` is the recogniser's confidence in per mille."""

        def make(state: State, at: int) -> Event | None:
            run = self.run
            expected = expectation(run, state)
            reading = hear(expected, text, run.now(at), run.session["locale"])
            if expected.here is None and not reading.target and not (state.voice and spoken):
                return None
            return Heard(at, text, reading, spoken, sure)

        return await self._bring(make, key)

    async def press(self, button: str, key: str = "") -> Record | None:
        """A button was pressed. One that belongs to no question says its label."""
        listening = self._choosable()
        label = self._buttons.get(button)
        if button not in listening and label is not None:
            return await self.say(label, key)
        return await self._bring(lambda _, at: Pressed(at, button), key)

    async def digit(self, digit: str, key: str = "") -> Record | None:
        """A key of the telephone was pressed. Keys run ahead: they wait until somebody asks for them."""

        def make(state: State, at: int) -> Event | None:
            reachable = self.run.handlers[state.flow]
            if state.voice and not self._listens() and not any(digit in h.keys for h in reachable):
                return None
            return Digit(at, digit)

        return await self._bring(make, key)

    async def signal(self, name: str, value: Any = None, key: str = "") -> Record | None:
        """Something happened outside."""
        return await self._bring(lambda _, at: Signal(at, name, value), key)

    async def speech_finished(self, epoch: int) -> Record | None:
        """All that was spoken in ``epoch`` was heard."""
        return await self._bring(lambda _, at: SpeechFinished(at, epoch))

    async def barge_in(self, epoch: int, played_ms: int, heard: str) -> Record | None:
        """The caller spoke over us."""
        return await self._bring(lambda _, at: BargeIn(at, epoch, played_ms, heard))

    async def hang_up(self, by: str = "caller", reason: str = "") -> Record | None:
        """The other side left; ``reason`` is the name of the end."""
        return await self._bring(lambda _, at: HungUp(at, by, reason))

    async def trouble(self, what: str, detail: str = "") -> Record | None:
        """A sense is gone: ``hearing`` or ``voice``."""
        return await self._bring(lambda _, at: Trouble(at, what, detail))

    async def answer(self, effect: str, outcome: str, value: Any, detail: str) -> Record | None:
        """What came of an effect that answers."""
        self._messages.discard(effect)
        return await self._bring(lambda _, at: Result(at, effect, outcome, value, detail))

    async def read(self) -> list[Record]:
        """The log so far."""
        return await self._log.read(self.ref)

    def close(self) -> None:
        """Let go of the session without ending it; another owner may resume it."""
        self.closed = True
        for handle in self._timers.values():
            handle.cancel()
        for task in self._requests.values():
            task.cancel()
        self._timers.clear()
        self._requests.clear()
        self._supposing.drop()
        for item in (*self._queue, *self._held):
            if item.done is not None and not item.done.done():
                item.done.set_exception(Closed())
        self._queue.clear()
        self._held.clear()

    async def _bring(self, make: Make, key: str = "") -> Record | None:
        if self.closed:
            raise Closed
        if not self._consuming:
            return await self._consume(_Item(make, key, None))
        item = _Item(make, key, asyncio.get_running_loop().create_future())
        self._queue.append(item)
        assert item.done is not None
        return await item.done

    async def _consume(self, item: _Item) -> Record | None:
        """Take ``item``, then whatever came meanwhile. Failures of others' items go to them."""
        self._consuming = True
        try:
            first = await self._take(item)
        except BaseException:
            self._consuming = False
            self._go_on()
            raise
        await self._drain()
        return first

    async def _drain(self) -> None:
        try:
            while not self.closed:
                waiting = self._held if self._held and self._listens() else self._queue
                if not waiting:
                    break
                item = waiting.popleft()
                try:
                    record = await self._take(item)
                except Exception as error:
                    if item.done is not None and not item.done.done():
                        item.done.set_exception(error)
                else:
                    if item.done is not None and not item.done.done():
                        item.done.set_result(record)
        finally:
            self._consuming = False

    def _go_on(self) -> None:
        """The consumer failed with its own item; what others brought must not wait for the next event."""
        if self._queue and not self.closed:
            self._consuming = True
            task = asyncio.get_running_loop().create_task(self._drain())
            self._requests["drain"] = task
            task.add_done_callback(lambda _: self._requests.pop("drain", None))

    async def _take(self, item: _Item) -> Record | None:
        at = max(self._last_at, self._clock.now_ms() - self._started_ms)
        event = item.make(self.state, at)
        if event is None:
            if len(self._held) < MAX_HELD:
                self._held.append(_Item(item.make, item.key, None))
            return None
        try:
            state, effects = step(self.run, self.state, event)
            record = Record(state.seq, event, tuple(effects))
        except Exception as error:  # a poison event is recorded as such, never lost
            message = f"{type(error).__name__}: {error}"
            state, effects = fail(self.run, self.state, event, message)
            record = Record(state.seq, event, tuple(effects), message)
        try:
            await self._log.append(self.ref, self.epoch, (record,), key=item.key)
        except (Fenced, asyncio.CancelledError):
            # Fenced, or called off while it was being written: the log knows more than this owner does.
            self.close()
            raise
        except Duplicate:
            return None
        self.state = state
        self._last_at = at
        self._perform(record, item.key)
        return record

    def _perform(self, record: Record, key: str) -> None:
        self._supposing.happened(record.event)
        for effect in record.effects:
            kind = type(effect)
            if kind is SetTimer:
                self._set_timer(effect)  # type: ignore[arg-type]
            elif kind is CancelTimer:
                handle = self._timers.pop(effect.timer, None)  # type: ignore[union-attr]
                if handle is not None:
                    handle.cancel()
            elif kind is HttpRequest:
                self._request(effect)  # type: ignore[arg-type]
            elif kind is Transfer:
                self._transfer(effect)  # type: ignore[arg-type]
            elif kind is TakeMessage:
                self._take_message(effect)  # type: ignore[arg-type]
            elif kind in THOUGHTS:
                self._think(effect)  # type: ignore[arg-type]
            elif kind is Speak and effect.buttons:  # type: ignore[union-attr]
                self._buttons = {b.id: b.label for b in effect.buttons}  # type: ignore[union-attr]
        if self._thinking:
            self._stop_thinking()
        if self.line is not None:
            self.line.perform(record)
        self.channel.deliver(record, key)
        if self.ended:
            self._supposing.drop()
            for handle in self._timers.values():
                handle.cancel()
            self._timers.clear()

    def _set_timer(self, effect: SetTimer) -> None:
        if effect.after_speech and self.state.voice:
            # Who speaks knows when it is over; without a line nobody is there to be patient with.
            return
        timer = effect.timer
        handle = self._timers.pop(timer, None)
        if handle is not None:
            handle.cancel()
        self._timers[timer] = self.call_later(effect.delay, lambda: self._fire(timer))

    def call_later(self, ms: int, callback: Callable[[], Any]) -> Handle:
        """A timer of the conversation's clock."""
        return self._clock.call_later(ms, callback)

    def _fire(self, timer: int) -> None:
        self._timers.pop(timer, None)
        self.fire(timer)

    def fire(self, timer: int) -> None:
        """A timer ran out."""
        self.spawn(f"timer {timer}", self._bring_quietly(lambda _, at: TimerFired(at, timer)))

    def _transfer(self, effect: Transfer) -> None:
        telephony = self.telephony

        async def work() -> None:
            outcome, detail = "error", "There is no call to transfer."
            if telephony is not None:
                key = f"{self.ref.session}:{effect.id}"
                outcome, detail = await telephony.transfer(
                    effect.to, effect.manner, effect.briefing, effect.timeout, key
                )
            await self._bring_quietly(lambda _, at: Result(at, effect.id, outcome, None, detail))

        self.spawn(effect.id, work())

    def _take_message(self, effect: TakeMessage) -> None:
        if self.line is not None:
            self._messages.add(effect.id)
            return
        detail = "There is no line to record from."
        self.spawn(effect.id, self._bring_quietly(lambda _, at: Result(at, effect.id, "error", None, detail)))

    def _request(self, effect: HttpRequest) -> None:
        self.spawn(effect.id, self._answer(effect))

    async def _answer(self, effect: HttpRequest) -> None:
        outcome = await self._tools.http(effect, f"{self.ref.session}:{effect.id}")
        await self._bring_quietly(
            lambda _, at: Result(at, effect.id, outcome.outcome, outcome.value, outcome.detail)
        )

    def _think(self, effect: Thought) -> None:
        async def said(text: str) -> None:
            await self._bring(lambda _, at: Wrote(at, effect.id, text))

        async def work() -> None:
            try:
                outcome = await self.thinker.perform(effect, said)
            except (Closed, Fenced):
                return
            await self._bring_quietly(
                lambda _, at: Result(at, effect.id, outcome.outcome, outcome.value, outcome.detail)
            )

        self._thinking.add(effect.id)
        self.spawn(effect.id, work())

    def _stop_thinking(self) -> None:
        """Nobody waits for these any more: the models stop writing."""
        waiting = {p.effect for p in self.state.pending}
        for id in self._thinking - waiting:
            self._thinking.discard(id)
            task = self._requests.get(id)
            if task is not None and task is not asyncio.current_task():
                task.cancel()

    def suppose(self, text: str) -> None:
        """The caller has probably finished with these words (none: she has not): who thinks may begin to. Nothing of it
        shows unless they were her words in the end."""
        if not self.closed and not self.ended:
            at = max(self._last_at, self._clock.now_ms() - self._started_ms)
            self._supposing.suppose(self.state, text, at)

    async def _ask_again(self, effect: Answering, records: list[Record]) -> None:
        if isinstance(effect, HttpRequest) and effect.replay == "safe":
            self._request(effect)
        elif isinstance(effect, AskModel):
            self._think(begun(effect, records))
        elif isinstance(effect, SearchKnowledge | JudgeIntent) or (
            isinstance(effect, CallTool) and effect.replay == "safe"
        ):
            self._think(effect)
        else:
            detail = "The process died while the answer was under way."
            await self._bring(lambda _, at: Result(at, effect.id, "unknown", None, detail))

    async def _bring_quietly(self, make: Make) -> None:
        try:
            await self._bring(make)
        except (Closed, Fenced):
            return

    def spawn(self, name: str, work: Any) -> None:
        """Do work beside the session; it is called off when the session is let go."""
        task = asyncio.get_running_loop().create_task(work)
        self._requests[name] = task
        task.add_done_callback(lambda _: self._requests.pop(name, None))

    def _listens(self) -> bool:
        return expectation(self.run, self.state).here is not None

    def _choosable(self) -> tuple[str, ...]:
        return button_ids(self.run, self.state)

    def _remember_buttons(self, records: list[Record]) -> None:
        for record in records:
            for effect in record.effects:
                if isinstance(effect, Speak) and effect.buttons:
                    self._buttons = {b.id: b.label for b in effect.buttons}


def button_ids(run: Run, state: State) -> tuple[str, ...]:
    """The buttons the listening node itself understands."""
    buttons = getattr(run.instructions[state.pc], "buttons", ())
    return tuple(row[0] for row in buttons if len(row) == 3)
