"""Who answers in a rehearsal besides a hand: a recorded talk of the server, a real model, the agent's knowledge."""

from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from PySide6.QtWidgets import QMenu

from engine.conversation.ports import Outcome
from engine.protocol import AskModel, JudgeIntent, SearchKnowledge
from engine.protocol.script import Answer
from engine.providers.llm.asking import Asking
from engine.providers.llm.chain import FallbackLanguageModel
from engine.providers.llm.registry import ModelConfig, build_language_model
from engine.providers.registry import Health, ProviderConfig
from engine.simulation.minds import Thought
from studio.client import knowledge
from studio.client.api import Api, ServerTrouble
from studio.client.recordings import read_log
from studio.client.sessions import PastSession, newest_sessions
from studio.operations.agency import Agency
from studio.panels.recordings import CHANNELS
from studio.simulator.answering import HAND, MODEL, answered
from studio.simulator.answers_bar import LAST, SESSION
from studio.simulator.asked import abilities_of
from studio.simulator.dock import RehearsalDock
from studio.window.tasks import Tasks

NO_LAST = "There is no talk yet in which somebody answered. Answer one by hand, then start over."
NO_SERVER = "Real talks are on the server. Connect the studio to one."
NO_TALKS = "Nobody has talked to this agent yet."
FOUND = 4
"""Passages of the agent's knowledge that a model is given."""


class Minding:
    """Of one desk. The key of a model stays in its field and goes nowhere but to that model's address."""

    def __init__(self, dock: RehearsalDock, agency: Agency, tasks: Tasks) -> None:
        self._dock = dock
        self._bar = dock.answers
        self._agency = agency
        self._tasks = tasks
        self._place: ProviderConfig | None = None
        self._health = Health()
        self._under_way = ""
        self.offered: list[PastSession] = []
        dock.answers.chosen.connect(self.choose)
        dock.ask_mind.connect(self.ask)

    def choose(self, choice: str) -> None:
        """Turn to who answers."""
        match choice:
            case "last" if self._dock.last:
                self._use_last()
            case "last":
                self._by_hand(NO_LAST)
            case "session":
                self._offer_sessions()
            case "model":
                self._use_model()
            case _:
                self._by_hand()

    def _by_hand(self, words: str = "") -> None:
        self._bar.show_choice(HAND, words)
        self._dock.answer_by()

    def _use_last(self) -> None:
        self._bar.show_choice(LAST, "What was answered then is answered again; the rest by hand.")
        self._dock.answer_by(self._dock.last)

    # A real talk

    def _offer_sessions(self) -> None:
        api = self._agency.api
        if api is None:
            self._by_hand(NO_SERVER)
            return
        self._tasks.spawn(self._list(api), "Looking for talks")

    async def _list(self, api: Api) -> None:
        try:
            await self._agency.settle()
            agent = self._agency.agent
            self.offered = await newest_sessions(api, agent.id if agent is not None else "")
        except ServerTrouble as trouble:
            self._by_hand(trouble.message)
            return
        if not self.offered:
            self._by_hand(NO_TALKS)
            return
        menu = QMenu(self._bar)
        for session in self.offered:
            menu.addAction(session_words(session), partial(self.use_session, session))
        menu.aboutToHide.connect(self._show_standing)
        menu.popup(self._bar.box.mapToGlobal(self._bar.box.rect().bottomLeft()))

    def _show_standing(self) -> None:
        """Nothing was chosen: as before."""
        if not self._dock.source:
            self._bar.show_choice(MODEL if self._dock.by_model else HAND)

    def use_session(self, session: PastSession) -> None:
        """Let a real talk answer."""
        api = self._agency.api
        if api is not None:
            self._tasks.spawn(self._read(api, session), "Reading a talk")

    async def _read(self, api: Api, session: PastSession) -> None:
        try:
            _, records = await read_log(api, session.id)
        except ServerTrouble as trouble:
            self._by_hand(trouble.message)
            return
        if not answered(records):
            self._by_hand("Nobody was asked anything in that talk: it has no answers to give.")
            return
        self._bar.show_choice(SESSION, f"As in {session_words(session)}; what was not asked then, by hand.")
        self._dock.answer_by(tuple(records))

    # A real model

    def _use_model(self) -> None:
        bar = self._bar
        place = ProviderConfig(bar.key.text().strip(), bar.address.text().strip(), bar.model.text().strip())
        try:
            _chain(place, self._health)  # nothing is asked yet: only what is missing is told
        except ValueError as error:
            bar.tell(str(error))
            return
        self._place = place
        bar.show_choice(MODEL, f"{place.model} answers; what tools and services answer is said by hand.")
        bar.fold_model()
        self._dock.answer_by(model=True)

    def ask(self, thought: Thought) -> None:
        """Ask the model, or the agent's knowledge, unless that is under way."""
        if self._place is None or thought.id == self._under_way:
            return
        if isinstance(thought, AskModel | JudgeIntent | SearchKnowledge):
            self._under_way = thought.id
            self._tasks.spawn(self._ask(self._place, thought), "Asking a model")

    async def _ask(self, place: ProviderConfig, thought: AskModel | JudgeIntent | SearchKnowledge) -> None:
        talk = self._dock.talk
        if talk is None:
            return
        chain = _chain(place, self._health)
        asking = Asking(chain)
        try:
            match thought:
                case AskModel():
                    program = talk.program
                    came = await asking.ask(
                        thought, abilities_of(program, thought), _nobody_hears, thought.id
                    )
                case JudgeIntent():
                    came = await asking.judge(thought, thought.id)
                case SearchKnowledge():
                    came = await self._search(thought)
        finally:
            self._under_way = ""
            await chain.aclose()
        now = self._dock.talk
        if now is not talk or talk.thinking is None or talk.thinking.id != thought.id:
            return
        if came.outcome in ("error", "timeout"):
            self._dock.mind_trouble(f"{came.detail} Say here what would be answered.")
            return
        self._dock.answer(Answer(came.outcome, body=came.value), remember=False)

    async def _search(self, thought: SearchKnowledge) -> Outcome:
        await self._agency.settle()
        api, agent = self._agency.api, self._agency.agent
        if api is None or agent is None:
            return Outcome("error", detail="The knowledge is on the server, and no agent is chosen there.")
        try:
            base = await knowledge.base_of(api, agent)
            found = await knowledge.search(api, base, thought.question, FOUND) if base else []
        except ServerTrouble as trouble:
            return Outcome("error", detail=trouble.message)
        passages: list[dict[str, Any]] = [msgspec.to_builtins(passage) for passage in found]
        return Outcome("ok", passages)


def _chain(place: ProviderConfig, health: Health) -> FallbackLanguageModel:
    """The model at an address, to be closed after use. Raises ``ValueError`` that says what is missing."""
    return build_language_model(("compatible",), {"compatible": ModelConfig(place)}, health=health)


async def _nobody_hears(words: str) -> None:
    """The sentences are in the answer as well."""


def session_words(session: PastSession) -> str:
    """When and how a talk was held, and how it ended."""
    when = datetime.fromisoformat(session.started_at).astimezone()
    how = CHANNELS.get(session.channel, session.channel)
    outcome = session.outcome.replace("_", " ") or session.status
    return f"{when:%a %d %b, %H:%M} · {how} · {outcome}"
