"""A reader of grammars of its own: it draws sentences from JSGF, and says whether one belongs."""

import random
import re

_TOKENS = re.compile(r"<\w+>|[()\[\]|]|[^\s()\[\]|]+")
Tree = tuple[object, ...]


class Sentences:
    """The sentences of a grammar."""

    def __init__(self, jsgf: str) -> None:
        self.rules: dict[str, Tree] = {}
        for name, body in re.findall(r"^(?:public )?<(\w+)> = (.*);$", jsgf, re.MULTILINE):
            tokens = _TOKENS.findall(body)
            self.rules[name], rest = _choices(tokens, 0)
            assert rest == len(tokens), body

    def draw(self, dice: random.Random) -> str:
        words: list[str] = []
        self._draw(("rule", "answer"), dice, words)
        return " ".join(words)

    def _draw(self, tree: Tree, dice: random.Random, out: list[str]) -> None:
        kind, *parts = tree
        if kind == "word":
            out.append(str(parts[0]))
        elif kind == "rule":
            self._draw(self.rules[str(parts[0])], dice, out)
        elif kind == "any":
            self._draw(dice.choice(parts), dice, out)  # type: ignore[arg-type]
        elif (kind == "maybe" and dice.random() < 0.5) or kind == "all":
            for part in parts:
                self._draw(part, dice, out)  # type: ignore[arg-type]

    def arcs(self, tree: Tree = ("rule", "answer")) -> int:
        """Words in the grammar once every rule stands where it is used."""
        kind, *parts = tree
        if kind == "word":
            return 1
        if kind == "rule":
            return self.arcs(self.rules[str(parts[0])])
        return sum(self.arcs(part) for part in parts)  # type: ignore[arg-type]

    def words(self) -> set[str]:
        """Every word in it."""
        return {str(w) for tree in self.rules.values() for w in _leaves(tree)}

    def holds(self, sentence: str) -> bool:
        words = sentence.split()
        return len(words) in self._ends(("rule", "answer"), words, {0})

    def _ends(self, tree: Tree, words: list[str], starts: set[int]) -> set[int]:
        kind, *parts = tree
        if not starts:
            return starts
        if kind == "word":
            return {i + 1 for i in starts if i < len(words) and words[i] == parts[0]}
        if kind == "rule":
            return self._ends(self.rules[str(parts[0])], words, starts)
        if kind == "any":
            return set().union(*(self._ends(p, words, starts) for p in parts))  # type: ignore[arg-type]
        ends = starts
        for part in parts:
            ends = self._ends(part, words, ends)  # type: ignore[arg-type]
        return ends | starts if kind == "maybe" else ends


def _leaves(tree: Tree) -> list[object]:
    kind, *parts = tree
    if kind in ("word", "rule"):
        return [parts[0]] if kind == "word" else []
    return [w for part in parts for w in _leaves(part)]  # type: ignore[arg-type]


def _choices(tokens: list[str], at: int) -> tuple[Tree, int]:
    options: list[Tree] = []
    while True:
        parts: list[Tree] = []
        while at < len(tokens) and tokens[at] not in "|)]":
            token = tokens[at]
            if token in "([":
                inner, at = _choices(tokens, at + 1)
                parts.append(("maybe", inner) if token == "[" else inner)
            elif token[0] == "<":
                parts.append(("rule", token[1:-1]))
            else:
                parts.append(("word", token))
            at += 1
        options.append(("all", *parts))
        if at >= len(tokens) or tokens[at] != "|":
            return ("any", *options), at
        at += 1
