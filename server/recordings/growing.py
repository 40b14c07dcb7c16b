"""A file that may grow while it is sent, as a recording does during its call."""

from starlette.datastructures import Headers
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send


class GrowingFileResponse(FileResponse):
    """What was there when the length was told, and nothing that came since.

    Starlette's reads to the end of the file it finds: more than it has told, for which a server breaks the
    connection off.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = 0

        async def within(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                left = int(Headers(raw=message["headers"])["content-length"])
            elif message["type"] == "http.response.body":
                message["body"] = message["body"][:left]
                left -= len(message["body"])
            await send(message)

        await super().__call__(scope, receive, within)
