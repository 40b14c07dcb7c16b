"""A visitor on a page with the widget: what she does and what she sees."""

from typing import Any

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.widget.peer import Peer


class Visit:
    """``page`` shows a page of another origin than the widget's server."""

    def __init__(self, page: Page, peer: Peer) -> None:
        self.page = page
        self.peer = peer
        self.launcher = page.locator(".mark")
        self.panel = page.locator(".panel")
        self.log = page.get_by_role("log")
        self.field = page.get_by_label("Your message")
        self.status = page.get_by_role("status")
        self.chips = page.locator(".chip")

    def load(self, **options: str) -> "Visit":
        """Load the page; ``options`` are the script's data attributes with `_` for `-`."""
        named = {"agent-id": "pk_luna"} | {name.replace("_", "-"): value for name, value in options.items()}
        query = "&".join(f"{name}={value.replace('#', '%23')}" for name, value in named.items() if value)
        self.page.goto(f"{self.peer.elsewhere}/page?{query}")
        return self

    def open(self, **options: str) -> "Visit":
        """Load the page, open the conversation and hear the greeting."""
        self.load(**options)
        self.launcher.click()
        expect(self.log).to_contain_text("Buona sera")
        return self

    def say(self, text: str) -> None:
        """Type and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def line(self, text: str) -> Locator:
        """The line with these words."""
        return self.page.locator(".line").filter(has_text=text)

    def axe(self, source: str) -> list[Any]:
        """What axe-core finds wrong on the page, shadow roots included."""
        self.page.evaluate(source)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            (violation["id"], node["target"], node.get("failureSummary"))
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def panel_box(self) -> FloatRect:
        """Where the panel stands once it has come to rest."""
        self.panel.evaluate("panel => Promise.all(panel.getAnimations().map(motion => motion.finished))")
        box = self.panel.bounding_box()
        assert box is not None
        return box
