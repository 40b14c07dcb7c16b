"""The words of a question."""

import re

MOST_WORDS = 16
# What says nothing about the answer, in the languages agents speak most.
COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and any are as at be been but by can could did do does for from get got had has have how i if in into is "
        "it its me may my of on or our please should so some than that the their them there they this those to us was "
        "we were what when where which who why will with would you your "
        "der die das ein eine und oder ist sind im in am auf mit von zu wie was wo wann wer ich mein wir es gibt "
        "il lo la le gli un una e di da in con per che dove quando come sono ho mio avete c "
        "les un une et ou est sont de du des avec pour que quel quelle je mon vous y a t "
        "el los las uno y o es son en con por para que donde cuando como yo mi hay",
    )
)


def words_of(question: str) -> list[str]:
    """The words of a question that say what it is about; all of them when none does."""
    found = list(dict.fromkeys(re.findall(r"\w+", question.lower())))
    telling = [word for word in found if word not in COMMON]
    return (telling or found)[:MOST_WORDS]
