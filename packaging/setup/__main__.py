"""Sets a checkout up: ``python packaging/setup server|studio|dev``.

Says one line for each step that has something to do.

server: what a headless server needs. studio: and the desktop studio. dev: and everything to check and test.
Needs Python 3.11 or newer and nothing else.
"""

import importlib.util
import os
import subprocess
import sys

from cache import SetupError
from environment import ROOT, SETS, ensure
from fonts import build_fonts
from node import build_widget

PURPOSES = {
    "server": (),
    "studio": ("offscreen", "window", "sound"),
    "dev": ("voice", "offscreen", "window", "sound", "tests"),
}
WELCOME = {"server": ("voice",), "studio": ("voice",)}
"""What is good to have: without it the server talks by text, and says so."""


def system_packages(*purposes: str) -> None:
    """Make the system packages for ``purposes`` be there; the script itself says what is wrong if they cannot."""
    script = ROOT / "packaging" / "system-packages"
    quiet = {**os.environ, "PARLEY_QUIET": "1"}
    if purposes and subprocess.run([script, *purposes], env=quiet, check=False).returncode:
        raise SetupError("set-up stopped at the system packages.")


def need_pip() -> None:
    """An interpreter of Debian comes without pip and without the means to bring it."""
    if importlib.util.find_spec("ensurepip") is None and importlib.util.find_spec("pip") is None:
        system_packages("python")
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is None:
            raise SetupError(f"{sys.executable} has neither pip nor ensurepip. Install its venv package.")


def main(arguments: list[str]) -> int:
    """Set up for the purpose in ``arguments``."""
    name = arguments[0] if arguments else "dev"
    if name not in SETS:
        print(f"parley: set up for one of {', '.join(SETS)}, not {name}", file=sys.stderr)
        return 2
    try:
        need_pip()
        system_packages(*PURPOSES[name])
        try:
            system_packages(*WELCOME.get(name, ()))
        except SetupError:
            print("parley: going on without a local voice.", file=sys.stderr)
        python = ensure(name)
        build_widget()
        if name != "server":
            build_fonts(python)
    except SetupError as error:
        print(f"parley: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("parley: set-up interrupted; run it again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
