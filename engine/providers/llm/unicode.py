"""Halves of characters: browsers and models now and then send them, and no encoder takes them."""

import re

import msgspec

from engine.providers.llm.contract import Prompt

_HALF = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """Pairs of halves joined, and what stays a half replaced."""
    if not _HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def whole_prompt(prompt: Prompt) -> Prompt:
    """The same prompt, if it can be sent."""
    if not any(_HALF.search(said.text) for said in prompt.messages):
        return prompt
    said = tuple(msgspec.structs.replace(one, text=whole(one.text)) for one in prompt.messages)
    return msgspec.structs.replace(prompt, messages=said)


class Joiner:
    """Texts that may be cut in the middle of a character."""

    def __init__(self) -> None:
        self._half = ""

    def join(self, text: str) -> str:
        """The next piece; a half at its end waits for the other."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return whole(text[: len(text) - len(self._half)])
