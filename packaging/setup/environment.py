"""Python environments: one in the cache for each lock, and the checkout's own thin ``.venv`` before it.

``.venv`` holds an interpreter, the tools, the command ``parley`` and one path file that names the packages in the cache
and this checkout. So clones share the packages and each runs its own code.
"""

import importlib.util
import json
import shutil
import sys
import venv
from pathlib import Path

from cache import SetupError, cache_home, cached, digest, interpreter_tag, say
from running import run

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "packaging" / "locks"
SETS = ("server", "studio", "dev")  # each holds all of the one before
STAMP = "parley.json"

LAUNCHER = """#!/bin/sh
'''exec' '{python}' "$0" "$@"
' '''
"""
PARLEY = """import sys

from server.cli import main

sys.exit(main())
"""


def installed(lock: Path) -> Path:
    """The cached environment with exactly what ``lock`` names, checked by hash."""
    key = digest(lock.read_bytes(), interpreter_tag())

    def make(folder: Path) -> None:
        say(f"Python packages ({lock.stem}); the first time this takes a minute or two")
        builder = [sys.executable, "-m", "venv"]
        if importlib.util.find_spec("ensurepip"):
            run([*builder, folder], "making the environment")
            pip: list[str | Path] = [folder / "bin" / "python", "-m", "pip"]
        else:
            run([*builder, "--without-pip", folder], "making the environment")
            pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
        options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
        options += ["--cache-dir", str(cache_home() / "wheels"), "-q"]
        run([*pip, "install", *options, "-r", lock], f"installing {lock.name}")

    return cached(f"venv-{key}", make)


def site_packages(environment: Path) -> Path:
    """Where ``environment`` keeps its packages."""
    return environment / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def current_set(checkout: Path) -> str | None:
    """Which set ``.venv`` has, or None when it is missing, older than the lock or of another interpreter."""
    try:
        stamp = json.loads((checkout / ".venv" / STAMP).read_text("utf-8"))
        name = stamp["set"]
        known = name in SETS and stamp == stamp_of(name, checkout)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return name if known and (checkout / ".venv" / "bin" / "python").exists() else None


def stamp_of(name: str, checkout: Path) -> dict[str, str]:
    """What a ``.venv`` for set ``name`` is made from."""
    lock = LOCKS / f"{name}.txt"
    key = digest(lock.read_bytes(), interpreter_tag())
    return {
        "set": name,
        "packages": str(cache_home() / f"venv-{key}"),
        "checkout": str(checkout),
        "setup": digest(Path(__file__).read_bytes()),
    }


def ensure(name: str, checkout: Path = ROOT) -> Path:
    """Make ``.venv`` have at least set ``name``; gives its interpreter."""
    python = checkout / ".venv" / "bin" / "python"
    now = current_set(checkout)
    if now and SETS.index(now) >= SETS.index(name) and Path(stamp_of(now, checkout)["packages"]).is_dir():
        return python
    packages = installed(LOCKS / f"{name}.txt")
    build(checkout, packages)
    (checkout / ".venv" / STAMP).write_text(json.dumps(stamp_of(name, checkout), indent=1), "utf-8")
    say(f".venv is ready ({name})")
    return python


def build(checkout: Path, packages: Path) -> None:
    """Lay ``.venv`` before the cached environment ``packages``."""
    place = checkout / ".venv"
    if place.is_symlink():
        place.unlink()
    shutil.rmtree(place, ignore_errors=True)
    if place.exists():
        raise SetupError(f"cannot replace {place}. Remove it and run make again.")
    venv.create(place, with_pip=False, symlinks=True)
    paths = site_packages(place) / "parley.pth"
    # addsitedir also reads the path files of the packages themselves.
    paths.write_text(f"import site; site.addsitedir({str(site_packages(packages))!r})\n{checkout}\n", "utf-8")
    python = place / "bin" / "python"
    for tool in sorted((packages / "bin").iterdir()):
        target = place / "bin" / tool.name
        if not target.exists() and not tool.name.lower().startswith(("activate", "python", "pip")):
            bring(tool, target, python)
    launcher = place / "bin" / "parley"
    launcher.write_text(LAUNCHER.format(python=python) + PARLEY, "utf-8")
    launcher.chmod(0o755)


def bring(tool: Path, target: Path, python: Path) -> None:
    """Put a tool of the cached environment at ``target``; a Python script runs under this checkout's ``python``."""
    head = tool.read_bytes()[:512]
    if not head.startswith(b"#!") or b"python" not in head.split(b"\n\n")[0]:
        target.symlink_to(tool)
        return
    lines = tool.read_text("utf-8").splitlines(keepends=True)
    body = lines[3:] if lines[0].startswith("#!/bin/sh") else lines[1:]
    target.write_text(LAUNCHER.format(python=python) + "".join(body), "utf-8")
    target.chmod(0o755)
