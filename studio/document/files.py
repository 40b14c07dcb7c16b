"""The files of a document: read whole, written atomically, never half."""

import hashlib
import os
import tempfile
from pathlib import Path

import msgspec

from engine.flow import (
    Diagnostic,
    Flow,
    FlowFormatError,
    Layout,
    dump_flow,
    dump_layout,
    load_flow,
    load_layout,
)
from studio.document.patch import State

FLOW_FILE = "flow.json"
LAYOUT_FILE = "layout.json"


class OpenError(Exception):
    """The document cannot be opened; the message is a sentence for people."""


class SaveError(Exception):
    """The document cannot be saved; the message is a sentence for people, and nothing on disk changed for the worse."""


class Opened(msgspec.Struct, frozen=True):
    """A document as read. ``digest`` tells whether the files have changed since; ``notices`` are sentences to show."""

    state: State
    path: Path
    digest: str
    diagnostics: tuple[Diagnostic, ...] = ()
    notices: tuple[str, ...] = ()


def flow_path(path: Path) -> Path:
    """The ``flow.json`` meant by a folder or a file."""
    return path / FLOW_FILE if path.is_dir() else path


def layout_path(flow: Path) -> Path:
    """The layout beside a flow: ``layout.json``, or ``NAME.layout.json`` beside another name."""
    return flow.with_name(LAYOUT_FILE if flow.name == FLOW_FILE else f"{flow.stem}.{LAYOUT_FILE}")


def read_document(path: Path) -> Opened:
    """Read a flow and its layout. Raises `OpenError`; a layout that is missing or broken only loses positions."""
    path = flow_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OpenError(f"{path} cannot be read: {_reason(error)}.") from error
    try:
        flow, diagnostics = load_flow(data)
    except FlowFormatError as error:
        raise OpenError(f"{path.name}: {error}") from error
    layout, notices = _read_layout(layout_path(path))
    if diagnostics:
        notices.append("Some of this flow could not be read. Saving keeps the file as it is now beside it.")
    return Opened(State(flow, layout), path, digest(path), tuple(diagnostics), tuple(notices))


def write_document(state: State, path: Path, *, keep_copy: bool) -> str:
    """Write both files, each in one step, and return their new digest. Raises `SaveError`.

    With ``keep_copy`` the flow as it stood on disk is kept as ``flow.json.bak``.
    """
    try:
        flow, layout = dump_flow(state.flow), dump_layout(state.layout)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise SaveError(f"The flow holds something that no file can hold: {error}.") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if keep_copy and path.exists():
            _replace(path.with_name(path.name + ".bak"), path.read_bytes())
        _replace(path, flow)
        _replace(layout_path(path), layout)
    except OSError as error:
        hint = "Choose another place with Save as; your work is still here."
        raise SaveError(f"{path} cannot be written: {_reason(error)}. {hint}") from error
    return digest(path)


def digest(path: Path) -> str:
    """What the two files hold now, in short; empty for files that are not there."""
    sha = hashlib.sha256()
    found = False
    for part in (path, layout_path(path)):
        try:
            data = part.read_bytes()
        except OSError:
            data = b""
        found = found or bool(data)
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest() if found else ""


def blank() -> State:
    """An empty document."""
    return State(Flow(name="Untitled"), Layout())


def _read_layout(path: Path) -> tuple[Layout, list[str]]:
    try:
        return load_layout(path.read_bytes()), []
    except FileNotFoundError:
        return Layout(), []
    except OSError as error:
        return Layout(), [f"{path.name} cannot be read ({_reason(error)}); the nodes were laid out anew."]
    except FlowFormatError as error:
        return Layout(), [f"{path.name}: {error} The nodes were laid out anew."]


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
