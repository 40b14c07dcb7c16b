"""Prepared sound, as the API shows it."""

from pydantic import BaseModel


class SoundView(BaseModel):
    """How much of a release is prepared: ``prepared`` of ``texts``. Of a thousand prompts ``coverage`` can then be
    spoken without a provider; ``open`` are the nodes of the others."""

    texts: int
    prepared: int
    coverage: int
    open: list[str]
    trouble: str
