"""A visitor books a table, whatever happens to the page, to the server and to the flow meanwhile."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import TABLE
from tests.e2e.days import open_day
from tests.e2e.serving import Server
from tests.e2e.visiting import Visit

pytestmark = pytest.mark.e2e


def test_a_visitor_books_a_table_on_a_page_elsewhere(elsewhere: str, visitor: BrowserContext) -> None:
    visit = Visit(visitor, elsewhere)
    visit.hears("Buona sera", "For which day")
    visit.says("next Friday at half past seven", "For how many")
    visit.says("there will be four of us", "Inside or under the trees")
    visit.presses("Under the trees", "Table for 4", "Shall I book it")
    visit.says("go ahead", "On what name")
    visit.says("Anna Rossi", "Done, Anna Rossi", "Your reference is")
    expect(visit.page.get_by_text("This conversation has ended.")).to_be_visible()


def test_a_talk_survives_a_reload(elsewhere: str, visitor: BrowserContext) -> None:
    visit = Visit(visitor, elsewhere)
    visit.says("tomorrow at eight", "For how many")
    visit.page.reload()
    visit.open()
    visit.hears("Buona sera", "tomorrow at eight", "For how many")
    visit.says("two", "Inside or under the trees")


def test_a_talk_survives_the_death_of_the_server(
    server: Server, elsewhere: str, visitor: BrowserContext
) -> None:
    visit, when = Visit(visitor, elsewhere), f"{open_day()} at eight"
    visit.says(when, "For how many")
    server.kill()
    server.start()
    visit.says("two", "Inside or under the trees")
    visit.page.reload()
    visit.open()
    visit.hears(when, "two", "Inside or under the trees")
    visit.presses("Inside", "Shall I book it")


def test_words_written_while_the_server_is_away_arrive_once_it_is_back(
    server: Server, elsewhere: str, visitor: BrowserContext
) -> None:
    visit = Visit(visitor, elsewhere)
    visit.hears("For which day")
    server.kill()
    visit.field.fill("tomorrow at eight")
    visit.field.press("Enter")
    server.start()
    visit.hears("For how many")
    assert visit.log.get_by_text("tomorrow at eight").count() == 1


def test_a_release_changes_the_next_talk_and_not_the_one_under_way(
    server: Server, elsewhere: str, visitor: BrowserContext, browser: Any
) -> None:
    before = Visit(visitor, elsewhere)
    before.says("tomorrow at eight", "For how many of you")

    def reword(flow: dict[str, Any]) -> dict[str, Any]:
        flow["nodes"]["n_welcomea"]["text"]["en-US"] = "Benvenuti! The new words."
        flow["nodes"]["n_seatinga"]["prompt"]["en-US"] = "A new question: where?"
        return flow

    server.publish(TABLE, reword)
    before.says("two", "Inside or under the trees")
    with browser.new_context() as another:
        after = Visit(another, elsewhere)
        after.hears("Benvenuti! The new words.")
        after.says("tomorrow at eight", "For how many")
        after.says("two", "A new question: where?")
    assert "new question" not in (before.log.text_content() or "")


def test_the_demo_page_shows_all_three_agents(server: Server, visitor: BrowserContext) -> None:
    for agent, words in (
        (TABLE, "Buona sera"),
        ("pk_demo_order-status", "Northwind"),
        ("pk_demo_clinic", "Lakeside"),
    ):
        visit = Visit(visitor, f"{server.origin}/demo?agent={agent}")
        visit.hears(words)
