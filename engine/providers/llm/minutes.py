"""The summaries of talks that outgrew their model's window, while they last."""

from collections import OrderedDict

import msgspec

from engine.providers.llm.canned import digest
from engine.providers.llm.contract import LanguageModel, Prompt
from engine.providers.llm.window import ModelSummariser, Summary, fit

TALKS = 1000
"""Talks whose summaries are kept; a forgotten one is made again when it is needed."""


class Minutes:
    """One for all talks with a model. A summary holds as long as what it sums up stands at the talk's beginning."""

    def __init__(self, model: LanguageModel, most: int = TALKS) -> None:
        self._model = model
        self._summariser = ModelSummariser(model)
        self._most = most
        self._kept: OrderedDict[str, tuple[Summary, str]] = OrderedDict()

    async def fit(self, talk: str, prompt: Prompt, *, budget_ms: int) -> Prompt:
        """The prompt within the model's window; ``talk`` names whose it is. A summary that is not made within
        ``budget_ms`` is done without. Raises `engine.providers.llm.contract.ContextTooLong`."""
        summary, covered = self._kept.get(talk, (Summary(), ""))
        if summary.upto and _beginning(prompt, summary.upto) != covered:
            summary = Summary()
        fitting, kept = await fit(prompt, self._model.window, summary, self._summariser, budget_ms=budget_ms)
        if kept.upto:
            self._kept[talk] = kept, _beginning(prompt, kept.upto)
            self._kept.move_to_end(talk)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return fitting


def _beginning(prompt: Prompt, upto: int) -> str:
    """Names the first messages after the instructions."""
    first = next((at for at, said in enumerate(prompt.messages) if said.role != "system"), 0)
    return digest(msgspec.structs.replace(prompt, messages=prompt.messages[first : first + upto]))
