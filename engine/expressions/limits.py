"""How large an expression may be, so that checking and running one is bounded in time and memory."""

from typing import Final

EXPRESSION_SOURCE: Final = 4 * 1024
"""Characters of an expression's source."""

TEMPLATE_SOURCE: Final = 64 * 1024
"""Characters of a template's source, and of what it renders."""

TEXT_RESULT: Final = 4 * 1024
"""Characters of a text an expression builds."""

DEPTH: Final = 32
"""How deep an expression may nest."""

LIST_LITERAL: Final = 256
"""Entries of a list or map written in an expression."""

LIST_RESULT: Final = 1024
"""Entries of a list an expression builds."""

DEFAULT_LIST: Final = 100
"""Entries of a list variable that declares no maximum."""

COST: Final = 20_000
"""Static cost of an expression: about one unit a node that runs, times the entries it runs for."""

DIGITS: Final = 34
"""Significant digits of a decimal."""

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
