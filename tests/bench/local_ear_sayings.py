"""What is said to the recogniser without a vendor when it is measured: data only."""

from datetime import datetime

from engine.understanding import Choice, Expected

NOW = datetime(2026, 11, 20, 10)
PHRASES = (
    "speak to someone",
    "talk to a human",
    "operator",
    "start over",
    "say that again",
    "opening hours",
    "cancel it",
    "never mind",
)
SEATING = Expected(
    "choice",
    (
        Choice("inside", "Inside", ("indoors", "in the dining room", "in the warm")),
        Choice(
            "garden", "Under the trees", ("outside", "the garden", "outdoors", "on the terrace", "the trees")
        ),
        Choice("any", "You choose", ("either", "no preference", "I don't mind", "surprise me", "anywhere")),
    ),
)
COMPLAINT = Expected(
    "choice",
    (
        Choice(
            "pain", "A pain", ("it hurts", "ache", "headache", "back pain", "stomach ache", "sore throat")
        ),
        Choice("fever", "A fever", ("temperature", "flu", "a cold", "cough", "I feel hot")),
        Choice("injury", "An injury", ("I fell", "a cut", "sprained ankle", "a burn", "accident")),
        Choice(
            "checkup", "A check-up", ("checkup", "routine", "an appointment", "blood test", "prescription")
        ),
    ),
)
QUESTIONS: tuple[tuple[Expected, tuple[str, ...]], ...] = (
    (Expected("yes_no"), ("yes", "no", "yes please", "no thanks", "that's right", "okay", "nope")),
    (
        Expected("digits", minimum=1, maximum=1),
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    ),
    (
        Expected("digits", minimum=6, maximum=6),
        ("four four one seven two nine", "one zero zero three eight five"),
    ),
    (Expected("digits", minimum=5, maximum=5), ("nine four one zero five", "one two three double four")),
    (
        Expected("number", minimum=1, maximum=40),
        ("two", "four people", "we are six", "twelve", "thirty two", "for eight"),
    ),
    (
        Expected("time", earliest="18:00", latest="22:00"),
        ("seven thirty", "half past eight", "nine o'clock", "six fifteen p m"),
    ),
    (
        Expected("date"),
        ("tomorrow", "next friday", "december the third", "on saturday", "the ninth of january"),
    ),
    (
        Expected("datetime"),
        ("tomorrow at eight", "friday at seven thirty", "on saturday at nine p m", "december fifth at six"),
    ),
    (SEATING, ("inside", "under the trees", "I'd like the garden", "outside", "you choose", "no preference")),
    (COMPLAINT, ("a fever", "headache", "an injury", "a check up", "I'd like an appointment", "cough")),
    (Expected("name"), ("John Smith", "my name is Mary Jones", "Ben", "it's David Miller", "Emma Wilson")),
    (
        Expected("phone"),
        (
            "four one five five five five two six seven one",
            "two zero two five five five zero one eight eight",
        ),
    ),
)
"""Questions, with answers to each."""
FOREIGN = ("the weather is nice", "my dog likes cheese", "what time do you close", "hang on a second")
"""What answers none of them."""
