"""How many tokens a text has, about: no vendor's vocabulary is needed, nothing is fetched.

Letters, digits, signs and scripts count differently; the rates were fitted to OpenAI's ``o200k_base`` on prose in
fourteen languages, JSON and Markdown, where the guess is between 0.75 and 1.3 times the count. It is for deciding what
fits, with some room left over, and for showing; bills go by what the vendor counted.
"""

import json
import re
from collections.abc import Iterable
from unicodedata import category

from engine.providers.llm.contract import Call, Function, Prompt, Said, Usage

A_MESSAGE = 4
"""What a message costs besides its text."""
A_FUNCTION = 12
A_PROMPT = 3
_RUNS = re.compile(
    r"(?P<latin>[A-Za-z]+)|(?P<digits>[0-9]+)|(?P<dense>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)"
    r"|(?P<other>[^\W\d_]+)|(?P<breaks>[^\S ]+)|(?P<blanks> {2,})|(?P<blank> )|(?P<sign>.)",
    re.DOTALL,
)


def tokens(text: str) -> int:
    """Of a text. Work in proportion to its length."""
    tenths = 0
    for run in _RUNS.finditer(text):
        size = run.end() - run.start()
        match run.lastgroup:
            case "latin":
                tenths += 10 if size <= 6 else 10 + 3 * (size - 6)
            case "digits":
                tenths += 10 * (-(-size // 3))
            case "dense":
                tenths += 7 * size
            case "other":
                tenths += 5 + 3 * size
            case "breaks" | "blanks":
                tenths += 5
            case "sign":
                tenths += 8 if run.group() < "\x80" else 3 if category(run.group()) in ("Mn", "Mc") else 15
    return -(-tenths // 10)


def of_message(said: Said) -> int:
    """Of a message with its calls."""
    return A_MESSAGE + tokens(said.text) + sum(of_call(call) for call in said.calls)


def of_call(call: Call) -> int:
    """Of a call that stands in the prompt, or that a model made."""
    return A_FUNCTION + tokens(call.name) + tokens(json.dumps(call.arguments, ensure_ascii=False))


def of_functions(functions: Iterable[Function]) -> int:
    """Of what the model may call: vendors put it into the prompt."""
    return sum(
        A_FUNCTION
        + tokens(one.name)
        + tokens(one.description)
        + tokens(json.dumps(one.parameters, ensure_ascii=False))
        for one in functions
    )


def of_prompt(prompt: Prompt) -> int:
    """Of all that is sent."""
    shape = tokens(json.dumps(prompt.schema, ensure_ascii=False)) if prompt.schema else 0
    return A_PROMPT + sum(map(of_message, prompt.messages)) + of_functions(prompt.functions) + shape


def guessed(prompt: Prompt, text: str, calls: Iterable[Call] = ()) -> Usage:
    """For a vendor that does not count."""
    return Usage(of_prompt(prompt), 0, tokens(text) + sum(map(of_call, calls)), estimated=True)
