"""How much one organisation may keep."""

import msgspec

from server.kit.errors import ApiError, ErrorCode


class Held(msgspec.Struct, frozen=True):
    """How many sources there are, and how many bytes they had as they came."""

    sources: int = 0
    bytes: int = 0


class Allowance(msgspec.Struct, frozen=True):
    """The most of both for one organisation."""

    sources: int
    bytes: int

    def check(self, held: Held, new: Held) -> None:
        """Whether there is room for more; raises `ApiError`."""
        details = {"sources": held.sources, "bytes": held.bytes, "most": msgspec.to_builtins(self)}
        if new.sources and held.sources + new.sources > self.sources:
            message = f"There are {held.sources} sources, and no more than {self.sources} are allowed."
        elif new.bytes and held.bytes + new.bytes > self.bytes:
            message = (
                f"There are {held.bytes} bytes of knowledge, this would add {new.bytes}, and no more than {self.bytes} "
                "are allowed."
            )
        else:
            return
        raise ApiError(
            ErrorCode.KNOWLEDGE_FULL, f"{message} Delete sources that are not needed any more.", details
        )
