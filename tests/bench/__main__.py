"""``python -m tests.bench [FAMILY...]``; all families without one."""

import importlib
import sys
import time

FAMILIES = ("engine", "compiler", "server", "canvas", "start", "voice", "local_ear", "knowledge", "language")


def main(names: list[str]) -> int:
    """Print every figure; a family that breaks does not keep the others from being measured."""
    wrong = [name for name in names if name not in FAMILIES]
    if wrong:
        print(f"no such family: {', '.join(wrong)}; there are {', '.join(FAMILIES)}", file=sys.stderr)
        return 2
    broken = False
    for name in names or FAMILIES:
        began = time.monotonic()
        try:
            for figure in importlib.import_module(f"tests.bench.{name}").figures():
                print(figure, flush=True)
        except Exception as error:
            broken = True
            print(f"# {name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        print(f"# {name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
