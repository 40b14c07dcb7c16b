"""How words sound that no dictionary has: espeak-ng's phonemes as those of the acoustic model (ARPAbet)."""

import re
import shutil
import subprocess
from functools import lru_cache

PATIENCE = 5.0
_WORD = re.compile(r"[^\W\d_](?:[\w'’.-]*\w)?|\d+", re.UNICODE)
_NOT_WORDS = re.compile(
    r"#JSGF[^;]*;|\bgrammar\s[^;]+;|\bpublic\b|\bimport\s[^;]+;|<[^>]*>|\{[^}]*\}|/[\d.]+/|//[^\n]*|/\*.*?\*/",
    re.DOTALL,
)
_SOUNDS = {
    "tʃ": "CH", "dʒ": "JH", "aɪə": "AY AH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY",
    "iə": "IY AH", "ɪə": "IH R", "eə": "EH R", "ʊə": "UH R", "ɑːɹ": "AA R", "oːɹ": "AO R", "ɔːɹ": "AO R",
    "ɛɹ": "EH R", "ɪɹ": "IH R", "ʊɹ": "UH R", "ɜː": "ER", "ɚ": "ER", "iː": "IY", "uː": "UW", "ɑː": "AA",
    "ɔː": "AO", "oː": "AO", "əl": "AH L", "æ": "AE", "ɐ": "AH", "ʌ": "AH", "ə": "AH", "ɛ": "EH", "e": "EH", "ɪ": "IH",
    "ᵻ": "IH", "i": "IY", "ɒ": "AA", "ɔ": "AO", "ɑ": "AA", "a": "AE", "ʊ": "UH", "u": "UW", "o": "OW", "y": "UW",
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G", "f": "F", "v": "V", "θ": "TH", "ð": "DH",
    "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɹ": "R", "r": "R",
    "ɾ": "D", "j": "Y", "w": "W", "ʔ": "T", "x": "K", "ç": "HH", "ɬ": "L", "ɲ": "N Y", "ʁ": "R", "ɫ": "L",
}  # fmt: skip
"""IPA as espeak-ng writes English, longest first where one begins another."""
_SOUND = re.compile("|".join(sorted(map(re.escape, _SOUNDS), key=len, reverse=True)))


def words_of(grammar: str) -> tuple[str, ...]:
    """The words that may be said, once each."""
    return tuple(dict.fromkeys(_WORD.findall(_NOT_WORDS.sub(" ", grammar))))


def in_small_letters(grammar: str) -> str:
    """The grammar with its words in small letters, as the dictionary has them; names of rules stay."""
    begun = 0
    made = []
    for kept in _NOT_WORDS.finditer(grammar):
        made += [grammar[begun : kept.start()].lower(), kept.group()]
        begun = kept.end()
    return "".join((*made, grammar[begun:].lower()))


def without(grammar: str, word: str) -> str:
    """The grammar in which nobody can say the word."""
    whole = re.compile(rf"(?<![\w'’.<-]){re.escape(word)}(?![\w'’>-])")
    return whole.sub("<VOID>", grammar)


@lru_cache(maxsize=4096)
def phones_of(word: str) -> str:
    """The phones of a word as espeak-ng says it in English, separated by spaces; empty when it cannot."""
    program = shutil.which("espeak-ng")
    if program is None:
        return ""
    try:
        said = subprocess.run(  # noqa: S603 # the word goes by standard input
            (program, "-q", "-b", "1", "-v", "en-us", "--ipa", "--stdin"),
            input=word.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        ).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(_SOUNDS[found] for found in _SOUND.findall(said))
