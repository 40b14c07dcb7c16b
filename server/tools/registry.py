"""The tools there are: each a class, each of its functions a typed async method."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from server.kit.http_guard import GuardedClient
from server.tools.describing import arguments_of, described

Auth = Literal["none", "secret", "oauth2"]
MARK = "__parley_function__"
MORE = re.compile(r"[a-z]+_[a-z0-9_]{1,40}")
"""One of several of the same tool: its id, and a name of its own."""
F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


class ToolConfig(BaseModel):
    """What an owner sets up, by name. Fields that are ``SecretStr`` are kept sealed and never shown."""

    model_config = ConfigDict(extra="forbid")


class OAuth(msgspec.Struct, frozen=True):
    """Where people allow a tool to act for them (RFC 6749, 4.1, with RFC 7636). ``extra`` goes with the address they
    are sent to."""

    authorize: str
    token: str
    scopes: tuple[str, ...]
    extra: dict[str, str] = {}


class ToolFunction(msgspec.Struct, frozen=True):
    """A function as it is called. ``schema`` is of its arguments (JSON Schema), which ``read`` turns into those that
    ``run`` takes, or raises ``ValueError`` with a sentence. ``changes``: something is different afterwards, so nobody
    knows what came of a call whose answer was lost."""

    name: str
    description: str
    schema: dict[str, Any]
    changes: bool
    read: Callable[[dict[str, Any]], dict[str, Any]]
    run: Callable[..., Awaitable[Any]]


def function(*, changes: bool = False) -> Callable[[F], F]:
    """Makes a method a function of its tool. The method takes a `Call`, then its arguments; its docstring says what
    it does and, after a blank line, what each argument is (``name: words``)."""

    def mark(method: F) -> F:
        setattr(method, MARK, changes)
        return method

    return mark


class Tool:
    """One tool. Holds nothing of an agent's: that comes with each `Call`."""

    id: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    auth: ClassVar[Auth] = "none"
    config: ClassVar[type[ToolConfig]] = ToolConfig
    oauth: OAuth | None = None

    listed: ClassVar[bool] = False
    """Whether its functions are not in code but listed by a service, agent by agent."""

    def functions(self, offered: Mapping[str, Any] | None = None) -> dict[str, ToolFunction]:
        """Its functions by name, in the order they were written. ``offered`` is what a service listed for the
        agent."""
        return self._functions

    async def offer(self, client: GuardedClient, config: Any) -> dict[str, Any]:
        """What the service lists now, to be kept; raises `ToolFailed`. Only of a tool that is ``listed``."""
        raise NotImplementedError

    @cached_property
    def _functions(self) -> dict[str, ToolFunction]:
        return {
            name: self._function(name) for name, found in vars(type(self)).items() if hasattr(found, MARK)
        }

    def _function(self, name: str) -> ToolFunction:
        method = getattr(self, name)
        words, notes = described(inspect.getdoc(method) or "")
        arguments = arguments_of(name, method, notes)
        return ToolFunction(
            name, words, arguments.model_json_schema(), getattr(method, MARK), _reader(arguments), method
        )

    def secrets(self) -> tuple[str, ...]:
        """The names of what is kept sealed."""
        return tuple(
            name
            for name, field in self.config.model_fields.items()
            if field.annotation in (SecretStr, SecretStr | None)
        )


class Registry:
    """Tools by their ids."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.id: tool for tool in tools}

    def add(self, tool: Tool) -> None:
        """One more, in the place of another of the same id."""
        self._tools[tool.id] = tool

    def drop(self, id: str) -> None:
        """Take a tool out."""
        self._tools.pop(id, None)

    def find(self, id: str) -> Tool | None:
        """The tool, when it is in code. Of those that are listed by a service an agent may have many: ``mcp``,
        ``mcp_orders``."""
        found = self._tools.get(id)
        if found is not None or not MORE.fullmatch(id):
            return found
        first = self._tools.get(id.partition("_")[0])
        return first if first is not None and first.listed else None

    def all(self) -> list[Tool]:
        """All of them."""
        return list(self._tools.values())


def told(error: ValidationError) -> str:
    """What is wrong, in one sentence; values are not repeated, they may be secret."""
    return "; ".join(
        f'"{".".join(str(part) for part in problem["loc"])}": {problem["msg"].lower()}'
        for problem in error.errors(include_url=False, include_input=False, include_context=False)
    )


def _reader(arguments: type[BaseModel]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def read(given: dict[str, Any]) -> dict[str, Any]:
        try:
            valid = arguments.model_validate(given)
        except ValidationError as error:
            raise ValueError(told(error)) from None
        return {name: getattr(valid, name) for name in valid.model_fields_set}

    return read


def all_tools() -> list[Tool]:
    """Every tool of this version."""
    from server.tools.google_calendar import GoogleCalendar
    from server.tools.mcp_server import McpServer

    return [GoogleCalendar(), McpServer()]
