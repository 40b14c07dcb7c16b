"""One visitor in a browser of her own: ``python -m tests.e2e.one_visit ADDRESS SAY... --hears WORDS``.

A process of its own, because the window's loop and the browser's driver cannot share one.
"""

import argparse
import sys

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.visiting import Visit


def main() -> int:
    """Visit, say what was given, and wait for the words."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("say", nargs="*")
    parser.add_argument("--hears", required=True)
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context()
        context.set_default_timeout(30_000)
        visit = Visit(context, arguments.address)
        for words in arguments.say:
            visit.says(words)
        visit.hears(arguments.hears)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
