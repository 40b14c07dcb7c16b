"""What a hand does on the canvas, one state object per gesture: no mode flags in the view."""

from studio.canvas.gestures.gesture import Gesture, Hand
from studio.canvas.gestures.idle import Idle

__all__ = ["Gesture", "Hand", "Idle"]
