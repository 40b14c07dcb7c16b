"""What the pages show is true: links lead somewhere, examples load and check, generated pages are fresh."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.compiler import check
from engine.flow import Severity, load_flow
from engine.kinds import kind_of
from engine.simulation import load_case
from server.settings import Settings
from tests.docs.reading import DOCS, Block, anchors, blocks, links, pages

JSON = [block for page in pages() for block in blocks(page) if block.language == "json"]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name} leads to {target}"
        if anchor:
            assert anchor in anchors(there), f"{page.name} leads to {target}"


def test_the_index_names_every_page() -> None:
    assert {page.name for page in pages()} - {"README.md"} <= set(links(DOCS / "README.md"))


@pytest.mark.parametrize("block", JSON, ids=lambda block: block.id)
def test_every_example_is_what_it_claims_to_be(block: Block) -> None:
    value = json.loads(block.text)
    if block.part:
        return
    if value.get("format") == "parley-flow":
        flow, diagnostics = load_flow(block.text.encode())
        found = [*diagnostics, *check(flow)]
        assert not [f.message for f in found if f.severity is Severity.ERROR]
    elif "turns" in value:
        load_case(block.text.encode(), block.id)
    elif "kind" in value:
        kind = kind_of(value["kind"])
        assert kind is not None
        wrapped = {"format": "parley-flow", "schema": 1, "nodes": {"n_exampleaa": value}}
        flow, diagnostics = load_flow(json.dumps(wrapped).encode())
        wrong = [*diagnostics, *(f for f in check(flow) if f.code in ("F002", "F003"))]
        assert not [f.message for f in wrong]
    else:
        pytest.fail(f"{block.id}: say what this is, or mark it as a part: ```json part")


def test_the_pages_made_from_declarations_are_fresh(tmp_path: Path, checkout: Path) -> None:
    subprocess.run([sys.executable, checkout / "packaging" / "reference", tmp_path], check=True)
    made = sorted(tmp_path.glob("*.md"))
    assert made
    stale = [page.name for page in made if page.read_text("utf-8") != (DOCS / page.name).read_text("utf-8")]
    assert not stale, f"{', '.join(stale)}: run python packaging/reference"


def test_the_limits_on_the_servers_page_are_those_of_the_settings() -> None:
    page = (DOCS / "server.md").read_text("utf-8")
    given = {name: field.default for name, field in Settings.model_fields.items()}
    minutes = given["limit_window"] // 60
    for said in (
        f"an address | {given['rest_limit']} in {minutes} minutes",
        f"with a token | {given['token_limit']:,} in {minutes} minutes",
        f"one with a flow | {given['body_limit'] >> 20} MiB; {given['flow_limit'] >> 20} MiB",
        f"in all | {given['sockets_per_address']}; {given['sockets']:,}",
        f"{given['socket_rate']:g} a second, {given['socket_burst']} at once; "
        f"{given['socket_frame'] >> 10} KiB; {given['socket_text']:,}",
        f"without a word | {given['socket_handshake']:g} s; {given['socket_idle'] // 60:g} min",
        f"to be written | {given['event_queue']:,}",
    ):
        assert said in page
