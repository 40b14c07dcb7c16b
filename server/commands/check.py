"""``parley check``: what the compiler finds."""

import argparse
from typing import Any

from server.commands.arguments import Subparsers, command, fail, flow_file

SIGNS = {"error": "✗", "warning": "!", "info": "·"}


def add(commands: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "check",
        "say what is wrong with flows",
        "Read and check flows. Ends with 1 when one has errors, with 2 when one cannot be read.",
        "  parley check flows/table-reservation\n  parley check flows/*/flow.json --quiet",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="flow.json, or the folder it is in")
    parser.add_argument("--quiet", action="store_true", help="only errors and warnings")
    parser.add_argument("--json", action="store_true", help="one JSON object a finding")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check each file."""
    worst = 0
    for name in arguments.files:
        worst = max(worst, _check(name, arguments))
    return worst


def _check(name: str, arguments: argparse.Namespace) -> int:
    import orjson

    from engine.compiler import check
    from engine.flow import FlowFormatError, load_flow
    from server.agents.flows import plain

    path = flow_file(name)
    try:
        flow, diagnostics = load_flow(path.read_bytes())
    except OSError as error:
        return fail(f"{path} cannot be read: {error.strerror}.", 2)
    except FlowFormatError as error:
        return fail(f"{path}: {error}", 2)
    findings = [plain(finding) for finding in [*diagnostics, *check(flow)]]
    errors = 0
    for finding in findings:
        suppressed = finding.get("suppressed", "")
        errors += finding["severity"] == "error" and not suppressed
        if arguments.json:
            print(orjson.dumps({"file": str(path), **finding}).decode())
        elif not suppressed and not (arguments.quiet and finding["severity"] == "info"):
            print(describe(str(path), finding, flow))
    if not arguments.json:
        count = f"{errors} error{'s' * (errors != 1)}" if errors else "no errors"
        found = f"{len(findings)} finding{'s' * (len(findings) != 1)}"
        print(f"{path}: {count}, {found}, {sum(len(f.nodes) for _, f in flow.flows())} nodes")
    return 1 if errors else 0


def describe(path: str, finding: dict[str, Any], flow: Any) -> str:
    """A finding for people: where, what, the place in its text, and what to do."""
    nodes = [finding["node"]] if finding.get("node") else list(finding.get("nodes", ()))
    part = flow.subflows.get(finding.get("flow", ""), flow) if finding.get("flow") else flow
    where = ", ".join(_name(part, node) for node in nodes[:3])
    lines = [
        f"{path}: {SIGNS[finding['severity']]} {finding['code']} {where + ': ' if where else ''}{finding['message']}"
    ]
    text = _text(part, nodes[0], finding.get("field", "")) if nodes else ""
    start, end = finding.get("start", -1), finding.get("end", -1)
    if text and 0 <= start <= len(text):
        before, line = _line(text, start)
        lines.append(f"    {line}")
        lines.append("    " + " " * (start - before) + "^" * max(1, min(end, before + len(line)) - start))
    if finding.get("fix"):
        lines.append(f"    {finding['fix']}")
    return "\n".join(lines)


def _name(flow: Any, node: str) -> str:
    found = flow.nodes.get(node)
    return f'"{found.label}" ({node})' if found is not None and found.label else node


def _line(text: str, start: int) -> tuple[int, str]:
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    return begin, text[begin : stop if stop >= 0 else len(text)]


def _text(flow: Any, node: str, field: str) -> str:
    found = flow.nodes.get(node)
    value: Any = found.fields if found is not None else None
    for step in field.split(".") if field else ():
        if isinstance(value, dict) or hasattr(value, "get"):
            value = value.get(step)
        elif isinstance(value, list | tuple) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ""
    return value if isinstance(value, str) else ""
