"""A condition that is always, or never, true: a way nobody takes."""

from collections.abc import Iterable, Iterator, Sequence

from engine.compiler.facts import Examined, Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.expressions import Domain, Environment, Node, assume, domain_of, evaluate_abstract
from engine.expressions.domains import only
from engine.flow import Severity
from engine.kinds.branch import BranchFields
from engine.kinds.values import from_plain

CODE = "D004"
SEVERITY = Severity.WARNING
TITLE = "Constant condition"


def run(view: View) -> Iterable[Finding]:
    """One finding for each case that can never be taken, and for each rule that decides nothing."""
    constants = view.constants
    yield from view.each(CODE, lambda view, facts: _look(view, facts, 0))
    for facts in view.facts if constants else ():
        if facts.reads & constants and isinstance(facts.fields, BranchFields):
            known = {(f.node, f.port) for f in facts.found[CODE]}
            yield from (f for f in _look(view, facts, constants) if (f.node, f.port) not in known)


def _look(view: View, facts: Facts, constants: int) -> Iterable[Finding]:
    if not facts.sources:
        return ()
    conditions = [e for e in facts.sources if e.source.field.endswith(".when")]
    if not conditions or any(e.expression is None for e in conditions):
        return ()
    if isinstance(facts.fields, BranchFields):
        return _cases(view, facts, conditions, constants)
    return _rules(view, facts, conditions)


def _domains(view: View, examined: Sequence[Examined], constants: int = 0) -> dict[str, Domain]:
    """What each variable may be; one of the ``constants`` only what it begins with."""
    types = view.around.scope.types
    extra = {name: type for e in examined for name, type in e.source.extra.items()}
    reads = {name for e in examined for name in e.reads}
    domains = {name: domain_of(types.get(name)) for name in reads} | {
        n: domain_of(t, False) for n, t in extra.items()
    }
    for name in view.names(constants & view.around.mask(frozenset(reads))):
        try:
            value = from_plain(types[name])(view.flow.variables[name].initial)
        except (KeyError, ValueError):
            continue
        if not isinstance(value, list | dict):
            domains[name] = only(value)
    return domains


def _cases(view: View, facts: Facts, cases: Sequence[Examined], constants: int) -> Iterator[Finding]:
    """Each case in the light of those before it, which did not hold."""
    left: Environment | None = _domains(view, cases, constants)
    decided = ""
    for i, examined in enumerate(cases):
        case = facts.fields.cases[i]
        name = case.label or case.when
        node = examined.expression
        if node is None:
            return
        if left is None or decided:
            yield _finding(
                view, facts, examined, f"is never looked at: {decided} always holds before it", case.id
            )
            continue
        if _never(node, left):
            alone = _never(node, _domains(view, [examined], constants))
            why = "never holds" if alone else "can never be taken: the cases before it leave nothing for it"
            yield _finding(view, facts, examined, why, case.id)
            continue
        if not assumed(node, left, False):
            decided = f"*{name}*"
            if (
                not evaluate_abstract(node, _domains(view, [examined], constants)).may(False)
                and i == len(cases) - 1
            ):
                yield _finding(view, facts, examined, "always holds, so nobody takes *else*", case.id)
        left = assume(node, left, False)


def assumed(node: Node, env: Environment, truth: bool) -> bool:
    """Whether the condition may come out as ``truth``."""
    return evaluate_abstract(node, env).may(truth) and assume(node, env, truth) is not None


def _never(node: Node, env: Environment) -> bool:
    return not assumed(node, env, True)


def _rules(view: View, facts: Facts, rules: Sequence[Examined]) -> Iterator[Finding]:
    for examined in rules:
        node = examined.expression
        if node is None:
            continue
        env = _domains(view, [examined])
        if _never(node, env):
            yield _finding(view, facts, examined, "never holds: no answer would ever do", "")
        elif not assumed(node, env, False):
            yield _finding(view, facts, examined, "always holds, so it asks for nothing", "")


def _finding(view: View, facts: Facts, examined: Examined, why: str, port: str) -> Finding:
    text = examined.source.text
    message = f'"{facts.name}": the condition *{text}* {why}.'
    fix = "Change the condition, or remove it."
    field = examined.source.field
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), port, field, 0, len(text), fix)
