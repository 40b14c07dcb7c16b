"""Rename a variable inside sources, leaving every other character as it is."""

from engine.expressions.names import renamed, replaced
from engine.expressions.parser import parse
from engine.expressions.template import parse_template


def rename(source: str, old: str, new: str, template: bool = False) -> str:
    """The source with the variable ``old`` called ``new``.

    Raises ``ExpressionError`` when the source does not parse; such a source is better left alone.
    """
    if old not in source:
        return source
    nodes = [hole.node for hole in parse_template(source).holes] if template else [parse(source)]
    return replaced(source, [change for node in nodes for change in renamed(node, old, new)])
