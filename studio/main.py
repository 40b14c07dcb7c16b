"""The studio as a program: `main` is all that knows how its parts come together."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import qasync
from PySide6.QtCore import QStandardPaths, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from studio.client.api import Api, ServerTrouble, read_token
from studio.client.connection import Connection
from studio.document import Document, OpenError, find_recovery
from studio.theme import Look, install_fonts, load_tokens
from studio.theme.glyphs import glyph_icon
from studio.theme.style import palette, stylesheet
from studio.window.keepsakes import Keepsakes
from studio.window.look import window_sheet
from studio.window.window import Window

SAMPLES = Path(__file__).resolve().parents[1] / "flows"
FIRST = "table-reservation"
"""The sample that the very first start shows."""

EXAMPLES = """\
examples:
  parley studio                                  the last flow, or a sample
  parley studio flows/table-reservation          open a flow
  parley studio flows/clinic --server http://localhost:8080 --token-file data/owner-token
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(
        prog="parley studio",
        description="Draw conversations, rehearse and publish them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    result.add_argument("flow", nargs="?", type=Path, help="a flow.json, or the folder it is in")
    result.add_argument("--server", default="", help="address of a Parley server to publish to")
    result.add_argument("--token-file", type=Path, help="the file with the server's owner token")
    result.add_argument("--data", type=Path, help="where the studio keeps journals and recent flows")
    result.add_argument("--scheme", default="", choices=("light", "dark", "contrast"), help="colours")
    return result


def dress(app: QApplication, scheme: str = "") -> Look:
    """Give the application its typefaces, palette and style sheet; without a scheme, the one the desktop asks for."""
    if not scheme:
        style = app.styleHints()  # held: without it the hints below are gone before they are read
        hints = style.accessibility()
        high = hints.contrastPreference() == Qt.ContrastPreference.HighContrast
        scheme = "contrast" if high else "light"
    look = Look(load_tokens(scheme), install_fonts())
    app.setStyle("Fusion")
    app.setFont(look.faces.ui(13))
    app.setPalette(palette(look.tokens))
    app.setStyleSheet(stylesheet(look.tokens, look.faces) + window_sheet(look))
    app.setWindowIcon(QIcon(glyph_icon("say", look.tokens.violet, 64)))
    return look


def first_document(flow: Path | None, keepsakes: Keepsakes, samples: Path | None = None) -> Document:
    """The flow that was asked for, else a new one that a crash cut short, the last one, the first sample, a new one.

    Raises `OpenError` for one that was asked for.
    """
    if flow is not None:
        return Document.open(flow, keepsakes.journals)
    if find_recovery(None, keepsakes.journals) is not None:
        return Document.new(journal_dir=keepsakes.journals)
    first = samples / FIRST / "flow.json" if samples is not None else None
    for path in (*keepsakes.recent[:1], *([first] if first is not None and first.exists() else [])):
        try:
            return Document.open(path, keepsakes.journals)
        except OpenError:
            break
    return Document.new(journal_dir=keepsakes.journals)


def connect(address: str, token_file: Path | None) -> Connection:
    """The server that was named, if any. Raises `ServerTrouble` for a token that cannot be read."""
    if not address:
        return Connection(None)
    return Connection(Api(address, read_token(token_file) if token_file is not None else ""))


async def live(window: Window) -> None:
    """Until the window is closed."""
    window.show()
    if window.connection.api is not None:
        window.tasks.spawn(window.connection.watch(), "Watching the server")
    await window.closed.wait()
    await window.tasks.close()
    await window.connection.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the studio; answers with the exit code."""
    wanted = parser().parse_args(argv)
    app = QApplication.instance() or QApplication(["parley"])
    if not isinstance(app, QApplication):
        raise TypeError("The studio needs an application with widgets.")
    app.setApplicationName("Parley")
    app.setQuitOnLastWindowClosed(False)
    keepsakes = Keepsakes(wanted.data or _own_folder())
    try:
        document = first_document(wanted.flow, keepsakes, SAMPLES)
        connection = connect(wanted.server, wanted.token_file)
    except (OpenError, ServerTrouble) as error:
        print(f"parley studio: {error}", file=sys.stderr)
        return 2
    look = dress(app, wanted.scheme)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        window = Window(look, document, keepsakes, connection, SAMPLES)
        _end_on_signals(window)
        _tell_of_defects(window)
        loop.run_until_complete(live(window))
    return 0


def _own_folder() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))


def _tell_of_defects(window: Window) -> None:
    """A defect in a slot is printed as ever, and told in the window: nobody looks at a terminal."""
    printing = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        printing(kind, error, trace)
        if issubclass(kind, Exception) and not window.closed.is_set():
            words = (
                f"Something in the studio went wrong ({kind.__name__}: {error}). Your work is kept; save it."
            )
            window.desk.notices.tell(words, grave=True)

    sys.excepthook = tell


def _end_on_signals(window: Window) -> None:
    """Ctrl+C and a polite kill close the window without asking: the journal keeps unsaved work for the next start."""

    def end(*_: object) -> None:
        window.leave_to_journal()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    # Python looks at signals only between its own instructions; Qt's loop must let it run now and then.
    beat = QTimer(window)
    beat.setInterval(300)
    beat.timeout.connect(lambda: None)
    beat.start()


if __name__ == "__main__":
    sys.exit(main())
