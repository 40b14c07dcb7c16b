"""Node and what is built with it: the widget's script, and the fonts' packages."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from cache import cache_home, cached, digest, say
from environment import LOCKS, ROOT, installed
from running import run

OLDEST = 18
WIDGET = ROOT / "server" / "widget"


@cache
def node_folder() -> Path:
    """The folder with ``node`` and ``npm``: the system's when new enough, else that of a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        found = re.match(r"v(\d+)\.", answer)
        if found and int(found[1]) >= OLDEST:
            return Path(node).parent
    return installed(LOCKS / "node.txt") / "bin"


def modules(project: Path) -> Path:
    """The npm packages that ``project``'s lock names, in the cache; gives their ``node_modules``."""
    lock = (project / "package-lock.json").read_bytes()
    manifest = (project / "package.json").read_bytes()

    def make(folder: Path) -> None:
        say(f"npm packages ({project.name})")
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(project / name, folder / name)
        npm(
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--cache",
            str(cache_home() / "npm"),
            cwd=folder,
        )

    return cached(f"npm-{digest(lock, manifest)}", make) / "node_modules"


def npm(*arguments: str, cwd: Path) -> None:
    """Run npm in ``cwd``."""
    run([node_folder() / "npm", *arguments], f"npm {arguments[0]}", cwd=cwd, env=with_node())


def with_node() -> dict[str, str]:
    """The environment in which scripts find ``node``."""
    return {"PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"}


def link_modules() -> None:
    """Let the widget's folder see its npm packages. A real folder there is a developer's own and stays."""
    place = WIDGET / "node_modules"
    packages = modules(WIDGET)
    if place.is_symlink() and place.resolve() != packages.resolve():
        place.unlink()
    if not place.exists():
        place.symlink_to(packages)


def build_widget() -> None:
    """Bundle the widget unless ``dist`` already holds the bundle of these very sources."""
    sources = sorted(path for path in (WIDGET / "src").rglob("*") if path.is_file())
    sources += [WIDGET / "build.mjs", WIDGET / "package.json", WIDGET / "package-lock.json"]
    state = digest(*(part for path in sources for part in (str(path.relative_to(WIDGET)), path.read_bytes())))
    stamp = WIDGET / "dist" / ".built-from"
    link_modules()
    if stamp.exists() and stamp.read_text() == state and (WIDGET / "dist" / "widget.js").exists():
        return
    say("the widget")
    npm("run", "build", cwd=WIDGET)
    stamp.write_text(state)
