"""The widget's settings. A name left out is left to the page that embeds the widget."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from server.kit.origin import parse_origin


def _origin(text: str) -> str:
    origin = parse_origin(text)
    if origin is None:
        raise ValueError(
            "write an origin like https://shop.example: scheme, host, perhaps a port, nothing more"
        )
    return origin


def _picture(text: str) -> str:
    if text and not text.startswith("https://"):
        raise ValueError("give an https:// address")
    return text


Origin = Annotated[str, Field(max_length=300), AfterValidator(_origin)]
Words = Annotated[str, Field(max_length=500)]
Picture = Annotated[str, Field(max_length=2000), AfterValidator(_picture)]


class Part(BaseModel):
    """A group of settings; unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


class Appearance(Part):
    """How it looks."""

    theme: Literal["light", "dark", "custom"] | None = None
    primaryColor: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    position: Literal["bottom-right", "bottom-left", "top-right", "top-left"] | None = None
    size: Literal["small", "medium", "large"] | None = None


class Behavior(Part):
    """How it behaves."""

    autoOpen: bool | None = None
    greeting: Words | None = None
    placeholder: Words | None = None
    voiceEnabled: bool | None = None
    pushToTalk: bool | None = None


class Branding(Part):
    """Whose it is."""

    logo: Picture | None = None
    companyName: Words | None = None
    showPoweredBy: bool | None = None


class WidgetSettings(Part):
    """Where the widget may be embedded beside the server's own pages, and how it looks and behaves there."""

    allowed_origins: Annotated[list[Origin], Field(max_length=100)] = []
    appearance: Appearance = Appearance()
    behavior: Behavior = Behavior()
    branding: Branding = Branding()
