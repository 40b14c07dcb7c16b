"""What every test stands on."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# Found the same way each time, on machines of any speed: a failure can be run again.
settings.register_profile("parley", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("parley")
# Windows are drawn into memory unless a display was prepared for them.
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A server of a test starts no worker beside it, unless the test is about voice.
os.environ.setdefault("PARLEY_VOICE", "0")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of this checkout."""
    return ROOT
