"""The condition and template language: a typed subset of CEL, parsed, checked and compiled to closures."""

from engine.expressions.abstract import Environment, assume, evaluate_abstract
from engine.expressions.candidates import candidates
from engine.expressions.checker import Checked, check
from engine.expressions.closures import CLOCK, compile_expression
from engine.expressions.domains import Domain, domain_of
from engine.expressions.errors import EVALUATION_CODES, EvaluationError, ExpressionError
from engine.expressions.formatters import FORMATTERS, Formatter
from engine.expressions.functions import FUNCTIONS, Function
from engine.expressions.nodes import Node
from engine.expressions.parser import parse
from engine.expressions.renaming import rename
from engine.expressions.rendered import Rendered, compile_template
from engine.expressions.rendering import render
from engine.expressions.template import CheckedTemplate, Template, check_template, parse_template
from engine.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIME,
    EnumType,
    ListType,
    MapType,
    RecordType,
    ScalarType,
    Type,
    fits,
    parse_type,
    type_spec,
)

__all__ = [
    "BOOL",
    "CLOCK",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DURATION",
    "DYN",
    "EVALUATION_CODES",
    "FORMATTERS",
    "FUNCTIONS",
    "INT",
    "NULL",
    "STRING",
    "TIME",
    "Checked",
    "CheckedTemplate",
    "Domain",
    "EnumType",
    "Environment",
    "EvaluationError",
    "ExpressionError",
    "Formatter",
    "Function",
    "ListType",
    "MapType",
    "Node",
    "RecordType",
    "Rendered",
    "ScalarType",
    "Template",
    "Type",
    "assume",
    "candidates",
    "check",
    "check_template",
    "compile_expression",
    "compile_template",
    "domain_of",
    "evaluate_abstract",
    "fits",
    "parse",
    "parse_template",
    "parse_type",
    "rename",
    "render",
    "type_spec",
]
