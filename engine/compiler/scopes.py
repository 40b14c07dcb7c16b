"""What the nodes of a flow see."""

from engine.expressions import STRING, RecordType, Type, parse_type
from engine.flow import Flow
from engine.kinds import Scope

SESSION = RecordType((("channel", STRING), ("locale", STRING), ("modality", STRING)))


def flow_scope(flow: Flow, document: Flow) -> Scope:
    """The scope of a flow. A variable whose type makes no sense is left out here and is a finding elsewhere."""
    types: dict[str, Type] = {"session": SESSION}
    for name, variable in flow.variables.items():
        try:
            types[name] = parse_type(variable.type)
        except ValueError:
            continue
    return Scope(flow, document, types)
