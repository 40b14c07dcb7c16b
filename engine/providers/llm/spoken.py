"""What of a written text is said aloud: without Markdown, addresses, pictures and what else is only for the eye."""

import re

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_ADDRESS = re.compile(r"<?\b(?:https?://|www\.)([^\s/<>)\]]+)[^\s<>)\]]*?(?=[.,;:!?…]*(?:[\s<>)\]]|$))>?")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_HEAD = re.compile(r"^\s*(?:>\s*)*(?:#{1,6}\s+|[-*+•]\s+)?(?:\[[ xX]\]\s+)?")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_BETWEEN_ROWS = re.compile(r"^[\s|:-]+$")
_STRONG = re.compile(r"\*\*|__|~~|`+")
_EMPHASIS = re.compile(r"(?<!\\)\*(?=\S)|(?<=\S)(?<!\\)\*|\b_(?=\w)|(?<=\w)_\b|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u200d\U000e0000-\U000e007f]+"
)
_BLANKS = re.compile(r"\s+")
_LEADING = re.compile(r"^(?:[\s”’»)\]}」』）,;:.!?…]|[\"'](?=\s))+(?=.*\w)|^[\W_]+$")


def spoken(text: str) -> str:
    """Of a sentence or a line; empty when nothing of it is said."""
    if _RULE.match(text.strip("\n")):
        return ""
    if _ROW.match(text):
        if _BETWEEN_ROWS.match(text):
            return ""
        text = ", ".join(cell.strip() for cell in text.strip().strip("|").split("|") if cell.strip())
    text = _HEAD.sub("", text, count=1)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _ADDRESS.sub(lambda found: found[1].removeprefix("www."), text)
    text = _TAG.sub(" ", text)
    text = _STRONG.sub("", text)
    text = _EMPHASIS.sub("", text)
    text = _ESCAPED.sub(r"\1", text)
    text = _PICTURES.sub(" ", text)
    return _LEADING.sub("", _BLANKS.sub(" ", text).strip()).strip()
