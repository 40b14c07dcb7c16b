"""``parley tools``: what the agents of a server may do in the services of others."""

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import Any

from server.commands.arguments import Subparsers, command
from server.commands.reaching import Reach, Refused, action, run

EXAMPLES = """  parley tools list pk_demo_concierge
  parley tools configure agt_... google_calendar client_id=... client_secret=- time_zone=Europe/Berlin
  parley tools connect agt_... google_calendar
  parley tools configure agt_... mcp_orders address=https://shop.example/mcp token=@token.txt
  parley tools disable agt_... mcp_orders.cancel
  parley tools call agt_... mcp_orders.look_up number=100234"""
AGENT = "an agent's id"
TOOL = "a tool's name, such as google_calendar, mcp or mcp_orders"
VALUE = "name=value; =@FILE reads the value from a file, =- asks for it"


def add(commands: Subparsers) -> None:
    """Declare the command and those below it."""
    parser = command(
        commands,
        "tools",
        "set up what agents may do in the services of others",
        "Set up the tools of an agent of a running server: calendars, MCP servers. What is set up counts at once, for "
        "talks that go on as well.",
        EXAMPLES,
    )
    below = parser.add_subparsers(title="what to do", metavar="ACTION", dest="action", required=True)
    listing = action(below, "list", "show the tools of an agent, or all there are", _list)
    listing.add_argument("agent", nargs="?", default="", metavar="AGENT", help=AGENT)
    listing.add_argument("--refresh", action="store_true", help="have MCP servers list what they offer again")
    for name, summary in (("enable", "let an agent use"), ("disable", "let an agent no longer use")):
        switching = action(below, name, f"{summary} a tool, or one function of it", _switch)
        switching.add_argument("agent", metavar="AGENT", help=AGENT)
        switching.add_argument("name", metavar="TOOL[.FUNCTION]", help=TOOL)
    configuring = action(below, "configure", "set a tool up; what is not named stays as it is", _configure)
    configuring.add_argument("agent", metavar="AGENT", help=AGENT)
    configuring.add_argument("name", metavar="TOOL", help=TOOL)
    configuring.add_argument("settings", nargs="*", metavar="NAME=VALUE", help=VALUE)
    configuring.add_argument("--forget", action="store_true", help="forget its settings, secrets and account")
    connecting = action(below, "connect", "say where somebody connects an account", _connect)
    connecting.add_argument("agent", metavar="AGENT", help=AGENT)
    connecting.add_argument("name", metavar="TOOL", help=TOOL)
    calling = action(below, "call", "call a function now; what it changes is changed", _call)
    calling.add_argument("agent", metavar="AGENT", help=AGENT)
    calling.add_argument("name", metavar="TOOL.FUNCTION", help=f"{TOOL}, and a function of it")
    calling.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help=f"{VALUE}; JSON, else text")
    calling.add_argument(
        "--timeout", type=int, default=15_000, metavar="MS", help="how long it may take (15000)"
    )
    for each in (listing, calling):
        each.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


# ---------------------------------------------------------------- what to do


def _list(server: Reach, wanted: argparse.Namespace) -> int:
    if not wanted.agent:
        found = server.ask("GET", "/tools")
        lines = [f"{tool['id']}: {tool['title']}. {tool['description']}" for tool in found]
    else:
        path = f"/agents/{wanted.agent}/tools"
        found = server.ask("GET", path)
        if wanted.refresh:
            for tool in (t["tool"] for t in found if t["id"] and t["tool"].partition("_")[0] == "mcp"):
                server.ask("POST", f"{path}/{tool}/refresh")
            found = server.ask("GET", path)
        lines = [line for tool in found for line in _tool_lines(tool)]
    for line in [json.dumps(each) for each in found] if wanted.json else lines:
        print(line)
    return 0


def _switch(server: Reach, wanted: argparse.Namespace) -> int:
    tool, _, function = wanted.name.partition(".")
    view = _view(server, wanted.agent, tool)
    off = [f["name"] for f in view["functions"] if not f["enabled"]]
    enabled, on = view["enabled"], wanted.action == "enable"
    if function:
        known = [f["name"] for f in view["functions"] if not f["stale"]]
        if function not in known:
            raise Refused(
                f'{view["title"]} has no function "{function}". It has: {", ".join(known) or "none"}.'
            )
        off = [name for name in off if name != function] + ([] if on else [function])
    else:
        enabled = on
    _show(_put(server, wanted.agent, tool, view, enabled=enabled, switched_off=off))
    return 0


def _configure(server: Reach, wanted: argparse.Namespace) -> int:
    path = f"/agents/{wanted.agent}/tools/{wanted.name}"
    if wanted.forget:
        server.ask("DELETE", path)
        print(f"{wanted.name} is forgotten.")
        return 0
    given = dict(_pair(text) for text in wanted.settings)
    found = server.ask("GET", f"/agents/{wanted.agent}/tools")
    view = next((tool for tool in found if tool["tool"] == wanted.name), None) or {}
    off = [f["name"] for f in view.get("functions", []) if not f["enabled"]]
    enabled = view["enabled"] if view.get("id") else True
    view = {"config": {**view.get("config", {}), **given}}
    _show(_put(server, wanted.agent, wanted.name, view, enabled=enabled, switched_off=off))
    return 0


def _connect(server: Reach, wanted: argparse.Namespace) -> int:
    answer = server.ask("POST", f"/agents/{wanted.agent}/tools/{wanted.name}/authorize")
    print(f"Open this address and allow it, until {answer['expires_at']}:\n{answer['address']}")
    return 0


def _call(server: Reach, wanted: argparse.Namespace) -> int:
    tool, _, function = wanted.name.partition(".")
    if not function:
        raise Refused(
            f"name a function too, such as {tool}.look_up. `parley tools list {wanted.agent}` shows them."
        )
    arguments = {name: _plain(value) for name, value in map(_pair, wanted.arguments)}
    body = {"function": function, "arguments": arguments, "timeout": wanted.timeout}
    came = server.ask("POST", f"/agents/{wanted.agent}/tools/{tool}/test", json=body)
    if wanted.json:
        print(json.dumps(came, ensure_ascii=False))
    elif came["outcome"] == "ok":
        print(json.dumps(came["value"], ensure_ascii=False, indent=2))
    else:
        print(f"{came['outcome']}: {came['detail']}", file=sys.stderr)
    return 0 if came["outcome"] == "ok" else 1


# ---------------------------------------------------------------- asking and showing


def _view(server: Reach, agent: str, tool: str) -> Any:
    view = server.ask("GET", f"/agents/{agent}/tools/{tool}")
    if not view["id"]:
        raise Refused(
            f"{view['title']} is not set up. `parley tools configure {agent} {tool} NAME=VALUE` does it."
        )
    return view


def _put(server: Reach, agent: str, tool: str, view: Any, *, enabled: bool, switched_off: list[str]) -> Any:
    body = {"enabled": enabled, "config": view["config"], "switched_off": switched_off}
    return server.ask("PUT", f"/agents/{agent}/tools/{tool}", json=body)


def _pair(text: str) -> tuple[str, str]:
    """``name=value``, the value perhaps from elsewhere; raises `Refused`."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise Refused(f'"{text}" is no name=value.')
    if value == "-":
        return name, getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if value.startswith("@"):
        try:
            return name, Path(value[1:]).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"{value[1:]} cannot be read: {error}.") from error
    return name, value


def _plain(text: str) -> Any:
    """JSON where it is, but numbers with a point stay text, as in flows."""
    try:
        return json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        return text


def _show(view: Any) -> None:
    for line in _tool_lines(view):
        print(line)


def _tool_lines(view: Any) -> list[str]:
    """How an agent uses a tool."""
    state = "on" if view["enabled"] else "off" if view["id"] else "not set up"
    account = {"missing": ", no account", "broken": ", account lost", "connected": ", account connected"}
    lines = [f"{view['tool']}: {state}{account.get(view['connection'], '') if view['id'] else ''}"]
    for function in view["functions"] if view["id"] else []:
        how = "no longer there" if function["stale"] else "on" if function["enabled"] else "off"
        words = str(function["description"]).partition("\n")[0][:100]
        lines.append(f"  {function['name']}: {how}{f'. {words}' if words else ''}")
    return [*lines, f"  ! {view['problem']}"] if view["problem"] else lines
