"""How often the API may be asked: per address without a token, per token with one."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from server.kit.envelope import send_error
from server.kit.errors import ApiError
from server.kit.limits import Quota, network_of


class Quotas:
    """Counts requests under each of ``prefixes``.

    ``identify`` gives the id of the token in an Authorization header, or empty for an unknown one: guessing
    tokens counts against the address.
    """

    def __init__(
        self,
        app: ASGIApp,
        prefixes: tuple[str, ...],
        per_address: Quota,
        per_token: Quota,
        identify: Callable[[str], str],
    ) -> None:
        self.app = app
        self.prefixes = prefixes
        self.per_address = per_address
        self.per_token = per_token
        self.identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or not scope["path"].startswith(self.prefixes)
            or scope["method"] == "OPTIONS"
        ):
            await self.app(scope, receive, send)
            return
        token = self.identify(authorization(scope))
        try:
            if token:
                await self.per_token.take(token)
            else:
                await self.per_address.take(network_of((scope.get("client") or ("unknown", 0))[0]))
        except ApiError as error:
            await send_error(scope, send, error)
            return
        await self.app(scope, receive, send)


def authorization(scope: Scope) -> str:
    """The Authorization header, or empty."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return str(value.decode("latin-1"))
    return ""
