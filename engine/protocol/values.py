"""Values as they cross the engine's border and rest in the log.

A *plain* value is JSON: null, true/false, a 64-bit whole number, a text, a list or a map of plain values.
Types that JSON lacks travel as text: a decimal as ``"2.5"``, a date as ``"2026-11-27"``, a time as
``"19:30"``, a date and time as ``"2026-11-27T19:30"`` and a duration as whole milliseconds. Floats never
appear.
"""

from typing import Any

Plain = Any
