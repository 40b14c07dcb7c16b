"""What a visitor does in a widget, by the words on it."""

from playwright.sync_api import BrowserContext, Locator, Page, expect

PATIENCE = 30_000


class Visit:
    """One tab with the widget open."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.page.goto(address)
        self.open()

    def open(self) -> None:
        """Open the panel, unless it is open already."""
        launcher = self.page.get_by_role("button", name="Start your conversation")
        field = self.field
        launcher.or_(field).first.wait_for()
        if not field.is_visible():
            launcher.click()
        field.wait_for()

    @property
    def field(self) -> Locator:
        return self.page.get_by_label("Your message")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def hears(self, *fragments: str) -> None:
        """Wait until all of these are in what was said."""
        for fragment in fragments:
            expect(self.log).to_contain_text(fragment, timeout=PATIENCE, ignore_case=True)

    def says(self, text: str, *answer: str) -> None:
        """Send words, and wait for the answer."""
        self.field.fill(text)
        self.field.press("Enter")
        self.hears(text, *answer)

    def presses(self, label: str, *answer: str) -> None:
        """Press a button of the talk."""
        self.log.get_by_role("button", name=label, exact=True).last.click()
        self.hears(*answer)
