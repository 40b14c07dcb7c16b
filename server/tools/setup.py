"""How an agent's tool is set up: plain settings in the open, secret ones sealed."""

import json
from typing import Any, Literal

from pydantic import SecretStr, ValidationError

from server.kit.crypto import Keys
from server.kit.errors import ApiError, ErrorCode
from server.kit.sealing import Seal, Unreadable
from server.tools.call import ToolFailed
from server.tools.models import AgentTool
from server.tools.registry import Tool, ToolConfig, told


class Setup:
    """Reads and writes the settings in a row."""

    def __init__(self, keys: Keys) -> None:
        self._seal = Seal(keys, "tool secrets")

    def put(self, row: AgentTool, tool: Tool, config: dict[str, Any]) -> None:
        """Take these settings; a secret that is left out or empty stays what it was. Raises `ApiError`."""
        secrets = {k: v for k, v in self._stored(row).items() if k in tool.secrets()}
        for name in tool.secrets():
            given = config.get(name)
            if given:
                secrets[name] = given
        merged = {k: v for k, v in config.items() if k not in tool.secrets()} | secrets
        try:
            valid = tool.config.model_validate(merged)
        except ValidationError as error:
            raise ApiError(ErrorCode.INVALID_REQUEST, f"The settings do not fit: {told(error)}.") from None
        row.config = valid.model_dump(mode="json", exclude=set(tool.secrets()))
        kept = {name: getattr(valid, name) for name in tool.secrets()}
        shown = {name: s.get_secret_value() for name, s in kept.items() if isinstance(s, SecretStr)}
        row.secrets = self._seal.seal(json.dumps(shown) if shown else "", row.id)

    def config(self, row: AgentTool, tool: Tool) -> ToolConfig:
        """The settings with their secrets; raises `ToolFailed` when this version cannot use them."""
        try:
            secrets = {k: v for k, v in self._open(row).items() if k in tool.secrets()}
            return tool.config.model_validate({**row.config, **secrets})
        except Unreadable as error:
            raise ToolFailed(f"{error} Enter the secrets of {tool.title} again.") from error
        except ValidationError as error:
            raise ToolFailed(f"{tool.title} must be set up again: {told(error)}.") from None

    def names(self, row: AgentTool) -> list[str]:
        """Which secrets are set; none when they cannot be opened."""
        return sorted(self._stored(row))

    def _stored(self, row: AgentTool) -> dict[str, str]:
        try:
            return self._open(row)
        except Unreadable:
            return {}

    def _open(self, row: AgentTool) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._seal.open(row.secrets, row.id) or "{}")
        return found


Connection = Literal["not_needed", "missing", "connected", "broken"]
