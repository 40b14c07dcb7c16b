"""The variables an expression names, and how one is renamed."""

from collections.abc import Iterator

from engine.expressions.nodes import Comprehension, Name, Node, children, walk


def free_names(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[Name]:
    """Every place where a variable is named; what a comprehension declares is its own, not a variable."""
    if isinstance(node, Name):
        if node.name not in bound:
            yield node
    elif isinstance(node, Comprehension):
        yield from free_names(node.over, bound)
        yield from free_names(node.body, bound | {node.variable})
    else:
        for child in children(node):
            yield from free_names(child, bound)


def names_in(node: Node) -> frozenset[str]:
    """The variables an expression names, whether they are declared or not."""
    return frozenset(part.name for part in free_names(node))


def renamed(node: Node, old: str, new: str) -> list[tuple[int, int, str]]:
    """What to write where, so that the variable ``old`` is called ``new``: start, end and text, in order.

    A comprehension whose own name is ``new`` gets another, so that it does not capture the variable.
    """
    changes = [(part.start, part.end, new) for part in free_names(node) if part.name == old]
    taken = {part.name for part in walk(node) if isinstance(part, Name)} | {new}
    for part in walk(node):
        if isinstance(part, Comprehension) and part.variable == new and old in names_in(part.body):
            fresh = next(f"{new}_{n}" for n in range(2, len(taken) + 3) if f"{new}_{n}" not in taken)
            changes.append((part.variable_start, part.variable_start + len(new), fresh))
            changes += [(use.start, use.end, fresh) for use in free_names(part.body) if use.name == new]
    return sorted(changes)


def replaced(source: str, changes: list[tuple[int, int, str]]) -> str:
    """The source with the changes made; they are in order and do not overlap."""
    pieces, position = [], 0
    for start, end, text in changes:
        pieces += [source[position:start], text]
        position = end
    return "".join([*pieces, source[position:]])
