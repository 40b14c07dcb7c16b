"""The flow and the talks in README and docs are run as they stand there."""

import re
from pathlib import Path

from engine.compiler import check, compile_flow
from engine.flow import load_flow
from engine.simulation import load_case, run_case


def block(checkout: Path, name: str, page: str = "README.md") -> bytes:
    """The fenced JSON block of this name."""
    text = (checkout / page).read_text("utf-8")
    (found,) = re.findall(rf"```json {name}\n(.*?)```", text, re.DOTALL)
    return found.encode()


def test_the_readmes_flow_has_no_finding(checkout: Path) -> None:
    flow, diagnostics = load_flow(block(checkout, "flow"))
    assert (diagnostics, check(flow)) == ([], [])


def test_the_readmes_talk_goes_as_it_says(checkout: Path) -> None:
    flow, _ = load_flow(block(checkout, "flow"))
    verdict = run_case(compile_flow(flow), load_case(block(checkout, "test")))
    assert verdict.difference == ""


def test_the_talk_in_the_guide_goes_as_it_says(checkout: Path) -> None:
    flow, _ = load_flow((checkout / "flows" / "order-status" / "flow.json").read_bytes())
    verdict = run_case(compile_flow(flow), load_case(block(checkout, "test", "docs/flows.md")))
    assert verdict.difference == ""


def test_the_readmes_links_lead_somewhere(checkout: Path) -> None:
    pages = [checkout / "README.md", *(checkout / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} leads to {target}, which is not there"
