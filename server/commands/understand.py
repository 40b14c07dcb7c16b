"""``parley understand``: what a saying is taken to mean."""

import argparse
import sys
from datetime import datetime

from server.commands.arguments import Subparsers, command, fail

TYPES = ("text", "number", "yes_no", "date", "time", "datetime", "phone", "email", "choice", "name", "digits")


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "understand",
        "say what words are taken to mean",
        "Read words as a listening node would.",
        '  parley understand --type date --now 2026-11-20T10:00 "a fortnight from today"\n'
        "  parley understand --type choice --choices 'bar=bar,counter;garden=garden' --json \"the second one\"\n"
        "  parley understand --type number --json - < sayings.txt",
    )
    parser.add_argument("words", nargs="+", help='what was said; "-" reads one saying a line')
    parser.add_argument("--type", choices=TYPES, default="text", help="what is expected (text)")
    parser.add_argument("--choices", default="", help="id=label,synonym,...;id=...")
    parser.add_argument("--now", help="the time it is said at, like 2026-11-20T10:00 (now)")
    parser.add_argument("--locale", default="en-US", help="the language (en-US)")
    parser.add_argument("--json", action="store_true", help="one JSON object a saying: value, confidence")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Understand each saying."""
    import orjson

    from engine.understanding import Expected, parse_choices, understand

    try:
        now = datetime.fromisoformat(arguments.now) if arguments.now else datetime.now()
    except ValueError:
        return fail(f"--now {arguments.now!r} is no time; write it like 2026-11-20T10:00", 2)
    try:
        choices = parse_choices(arguments.choices) if arguments.choices.strip() else ()
    except ValueError as error:
        return fail(f"--choices: {error}", 2)
    if arguments.type == "choice" and not choices:
        return fail("--type choice needs --choices, like 'bar=bar,counter;garden=garden,outside'", 2)
    expected = Expected(arguments.type, choices=choices)
    sayings = (
        [line.rstrip("\n") for line in sys.stdin] if arguments.words == ["-"] else [" ".join(arguments.words)]
    )
    for words in sayings:
        understood = understand(words, expected, now=now.replace(tzinfo=None), locale=arguments.locale)
        if arguments.json:
            facts = {"value": understood.value, "confidence": understood.confidence}
            print(orjson.dumps(facts).decode(), flush=True)
        elif understood.value is None:
            print(f"not understood{f': {understood.note}' if understood.note else ''}")
        else:
            print(f"{understood.value}  ({understood.confidence / 10:g} %)  {understood.note}".rstrip())
    return 0
