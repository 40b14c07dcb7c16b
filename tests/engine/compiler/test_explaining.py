"""Ways to a place: as an input, and as a picture."""

from engine.compiler import compile_flow, witness
from engine.compiler.explain import circles, paths, picture
from engine.simulation import Rehearsal
from tests.engine.drawing import ask, branch, draw, end, option, say

NODES = {
    "hi": say("Hello.", "n"),
    "n": ask("number", "n", "How many?", {"understood": "b", "gives_up": "z"}),
    "b": branch({"many": ("n > 8", "big")}, "z"),
    "big": ask("yes_no", "", "So many?", {"understood": "n", "gives_up": "z"}),
    "z": end(),
}
FLOW = draw(NODES, variables={"n": "int"})


def test_an_input_that_comes_to_a_node() -> None:
    script = witness(FLOW, "big")
    assert script is not None
    rehearsal = Rehearsal(compile_flow(FLOW), script).play_all()
    assert rehearsal.node == "big"
    assert len(script.steps) == 1


def test_an_input_that_leaves_by_a_port() -> None:
    script = witness(FLOW, "b", "else")
    assert script is not None
    assert Rehearsal(compile_flow(FLOW), script).play_all().ended
    assert witness(FLOW, "b", "nowhere") is None
    assert witness(FLOW, "nobody") is None


def test_chance_is_met_by_a_seed() -> None:
    arms = [{"id": "often", "weight": 99}, {"id": "once", "weight": 1}]
    flow = draw(
        {
            "s": {"kind": "split", "arms": arms, "out": {"often": "a", "once": "b"}},
            "a": end("a"),
            "b": end("b"),
        }
    )
    script = witness(flow, "b")
    assert script is not None
    assert Rehearsal(compile_flow(flow), script).play_all().state.outcome == "b"


def test_the_shortest_ways_through_the_drawing() -> None:
    assert paths(FLOW, "z")[0] == ("hi", "n", "z")
    assert ("hi", "n", "b", "big", "z") in paths(FLOW, "z")
    assert paths(FLOW, "nobody") == []
    assert picture(FLOW).edges["n", "z"]["ports"] == ("no_input", "no_match", "gives_up")


def test_what_goes_round_and_where_one_leaves_it() -> None:
    (circle,) = circles(FLOW)
    assert circle.nodes == ("b", "big", "n")
    assert circle.ways_out == ("z",)


def test_a_menu_is_answered_by_what_it_offers() -> None:
    menu = {
        "kind": "menu",
        "prompt": {"en-US": "Which?"},
        "options": [option("a", "Apples"), option("b", "Pears")],
        "out": {"a": "x", "b": "y", "gives_up": "x"},
    }
    flow = draw({"m": menu, "x": end("x"), "y": end("y")})
    script = witness(flow, "y")
    assert script is not None
    assert Rehearsal(compile_flow(flow), script).play_all().state.outcome == "y"
