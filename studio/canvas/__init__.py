"""The graph view: items, overview, overlays, gestures."""

from studio.canvas.canvas import KIND_MIME, Canvas
from studio.canvas.items import WireKey
from studio.canvas.minimap import Minimap

__all__ = ["KIND_MIME", "Canvas", "Minimap", "WireKey"]
