"""The page people end on when they come back from allowing a tool, or not allowing it."""

import base64
import hashlib
from html import escape

from fastapi.responses import HTMLResponse

STYLE = (
    "body{font:1.05rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;"
    "color:#1c2430;background:#fbfaf8}h1{font-size:1.5rem;line-height:1.25}small{color:#6a7280}"
    "@media(prefers-color-scheme:dark){body{color:#e8e6e1;background:#15181d}small{color:#98a0ad}}"
)


def page(title: str, words: str, status: int = 200, note: str = "") -> HTMLResponse:
    """One heading and one paragraph, and a small note below. Runs no script, and loads nothing."""
    small = f"<p><small>{escape(note)}</small></p>" if note else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · Parley</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(words)}</p>{small}</main></body></html>"
    )
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": policy})
