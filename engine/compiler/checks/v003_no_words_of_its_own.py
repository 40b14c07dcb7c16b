"""A language in which nothing is said when the line or a sense fails: Parley has no words for it, and neither has
the flow. English is said then."""

from collections.abc import Iterable

from engine.compiler.finding import Finding
from engine.compiler.notices import speaks
from engine.compiler.view import View
from engine.flow import Severity
from engine.flow.document import MAIN, NOTICES

CODE = "V003"
SEVERITY = Severity.INFO
TITLE = "No words for a failing line"


def run(view: View) -> Iterable[Finding]:
    """One finding a language, in the main flow."""
    if view.id != MAIN:
        return
    document = view.document
    for locale in document.locales:
        own = [name for name in NOTICES if document.notices.get(name, {}).get(locale)]
        if speaks(locale) or len(own) == len(NOTICES):
            continue
        message = f"When the line or the hearing fails, callers in {locale} are told so in another language."
        fix = f"Write the notices of the flow in {locale} (resumed, hearing, apology, hold)."
        yield Finding(CODE, message, SEVERITY, view.id, fix=fix)
