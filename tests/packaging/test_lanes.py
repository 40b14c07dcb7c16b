"""The lanes of tests: one that hangs ends, and says where."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A test runner and a worker of it, stuck as in a library that does not come back: no alarm is heard.
RUNNER = """
import faulthandler, subprocess, sys
faulthandler.enable()
worker = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
print(worker.stdout.readline().decode(), flush=True)
def the_runner(): worker.wait()
the_runner()
"""
WORKER = """
import faulthandler, signal, threading
faulthandler.enable()
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGABRT})
print("begun", flush=True)
def the_test(): threading.Event().wait()
the_test()
"""


@pytest.fixture
def lanes() -> ModuleType:
    found = importlib.util.spec_from_file_location("lanes", ROOT / "packaging" / "lanes" / "__main__.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_a_lane_that_hangs_ends_and_says_where(
    lanes: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen([sys.executable, "-c", RUNNER, WORKER], stdout=subprocess.PIPE) as process:
        assert b"begun" in lanes.hear(process)
        monkeypatch.setattr(lanes, "SILENCE", 0.5)
        while lanes.hear(process):
            continue
    assert process.returncode != 0
    said = capfd.readouterr()
    assert "Where it stands" in said.out
    assert "in the_test" in said.err and "in the_runner" in said.err


def test_a_lane_tells_how_many_tests_it_had(lanes: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "test_two.py").write_text("def test_one(): pass\n\ndef test_other(): assert False\n")
    assert lanes.run(lanes.Lane("two", (str(tmp_path),)), covered=False) == (1, {"passed": 1, "failed": 1})
    (tmp_path / "test_two.py").write_text("")
    assert lanes.run(lanes.Lane("none", (str(tmp_path),)), covered=False) == (0, {})
