"""Breaking words into lines, measuring cards, routing wires: free of Qt."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.canvas import geometry as g
from studio.canvas.routing import End, distance, polyline, route
from studio.canvas.words import Piece, Words, lay_words
from studio.document import Card, CardPort


def width(text: str) -> float:
    """Every letter is ten wide."""
    return 10.0 * len(text)


def lines(words: str, room: float = 200, limit: int = 3) -> list[str]:
    laid = lay_words(words, False, width, width, room, limit)
    return ["".join(piece.text for piece in line).strip() for line in laid.lines]


def test_words_are_quoted_and_broken_at_spaces() -> None:
    laid = lay_words("I can book you a table.", True, width, width, 120)
    assert laid.lines == ((Piece("“I can book "),), (Piece("you a "),), (Piece("table.”"),)) or not laid.cut
    assert "".join(p.text for line in laid.lines for p in line) == "“I can book you a table.”"


def test_a_hole_is_a_chip_with_the_name_of_its_variable() -> None:
    laid = lay_words('{{ guests | count("guest", "guests") }}, lovely.', True, width, width, 400)
    assert laid.lines == ((Piece("“"), Piece("guests", True), Piece(", lovely.”")),)


def test_punctuation_stays_with_the_chip_before_it() -> None:
    laid = lay_words("For {{ when }}, then?", False, width, width, 90)
    starts = [line[0].text for line in laid.lines]
    assert not any(start.lstrip().startswith(",") for start in starts)


def test_more_than_fits_is_cut_and_says_so() -> None:
    laid = lay_words("word " * 40, False, width, width, 200)
    assert len(laid.lines) == 3
    assert laid.cut


def test_saying_nothing_takes_no_line() -> None:
    assert lay_words("  \n ", True, width, width, 200) == Words()


@given(st.text(st.sampled_from("ab {}|.,"), max_size=80), st.integers(30, 400))
@settings(max_examples=200)
def test_any_words_end_in_few_lines_and_lose_nothing_unless_cut(words: str, room: int) -> None:
    laid = lay_words(words, False, width, width, room)
    assert len(laid.lines) <= 3
    plain = words.replace("{", "").replace("}", "").replace("|", "")
    if not laid.cut and plain == words:
        assert "".join(p.text for line in laid.lines for p in line).split() == words.split()


def box(ports: tuple[CardPort, ...], wired: tuple[str, ...] = (), expanded: bool = False) -> g.Box:
    return g.measure(Card("Ask", "ask", "Listen", ports=ports), wired, expanded, lambda card: Words())


def test_rare_ports_hide_until_they_are_wired_or_asked_for() -> None:
    ports = (CardPort("understood", "understood"), CardPort("no_input", "no answer", rare=True))
    assert [p.id for p in box(ports).ports] == ["understood"]
    assert box(ports).hidden == 1
    assert [p.id for p in box(ports, ("no_input",)).ports] == ["understood", "no_input"]
    assert len(box(ports, expanded=True).ports) == 2


def test_ports_stand_one_under_the_other_within_the_card() -> None:
    measured = box(tuple(CardPort(f"p{i}", "") for i in range(4)))
    heights = [measured.port_y(f"p{i}") for i in range(4)]
    assert heights == sorted(heights)
    assert all(later - earlier == g.PORT for earlier, later in pairwise(heights))
    assert g.HEADER < heights[0] < heights[-1] < measured.height
    assert heights[-1] < measured.port_y("a port that is not there") + g.PORT


POINTS = st.builds(End, st.integers(-900, 900), st.integers(-900, 900), st.just(0), st.just(0)).map(
    lambda end: End(end.x, end.y, end.y - 30, end.y + 90)
)


@given(POINTS, POINTS)
@settings(max_examples=200)
def test_every_wire_leaves_and_enters_level_and_stays_in_its_bounds(source: End, target: End) -> None:
    way = route(source, target)
    points = polyline(way)
    assert points[0] == (source.x, source.y)
    assert points[-1] == (target.x, target.y)
    assert way.points[1][1] == source.y
    assert way.points[-2][1] == target.y
    assert way.points[1][0] > source.x
    assert way.points[-2][0] < target.x
    left, top, right, bottom = way.bounds()
    assert all(left - 1e-6 <= x <= right + 1e-6 and top - 1e-6 <= y <= bottom + 1e-6 for x, y in points)
    assert distance(way, points[len(points) // 2]) < 8


def test_a_backward_wire_runs_between_the_nodes_when_there_is_room() -> None:
    way = route(End(500, 100, 60, 160), End(0, 400, 380, 500))
    assert not way.curved
    assert {y for _, y in way.points} == {100, 270, 400}


def test_a_wire_to_itself_runs_below() -> None:
    way = route(End(226, 90, 0, 120), End(0, 24, 0, 120))
    assert max(y for _, y in way.points) > 120
