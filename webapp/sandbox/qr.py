"""QR codes of the bank's pages and what they carry: activation, proximity and offline codes.

Source: formats.md, sections 2.1, 3.1 and 4.2.
"""

import json
from urllib.parse import quote

import segno
from markupsafe import Markup

from webapp.powerauth.encoding import to_base64url

# The scheme an installed Assent takes over; any other would be read as well.
SCHEME = "web+assent"

_JWT_HEADER = b'{"typ":"JWT","alg":"none"}'


def qr_svg(content: str) -> Markup:
    """A QR code as inline SVG, black on white whatever the page's colours: cameras expect it so.

    The quiet zone of four modules is part of the picture. No size, no style, no script: the page's
    stylesheet decides about the size.
    """
    # Left alone, segno writes Latin-1 wherever the text allows it, and readers have to guess.
    code = segno.make(content, error="m", micro=False, encoding="utf-8")
    return Markup(  # noqa: S704 - made of modules, not of the content
        code.svg_inline(
            omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr__code", lineclass=None
        )
    )


def proximity_link(operation_id: str, code: str | None) -> str:
    """Form 1: the items stand in the link itself. Without a code it only names the operation."""
    link = f"{SCHEME}://operation?oid={quote(operation_id, safe='')}"
    return link if code is None else f"{link}&potp={quote(code, safe='')}"


def proximity_token(operation_id: str, code: str) -> str:
    """Form 4: a JWT alone. Nobody signs it: it is a container, the proof is the code in it."""
    content = json.dumps({"oid": operation_id, "potp": code}, separators=(",", ":")).encode()
    return f"{to_base64url(_JWT_HEADER)}.{to_base64url(content)}"


def proximity_token_link(token: str) -> str:
    """Form 2: the JWT as an item of a link."""
    return f"{SCHEME}://operation?code={token}"
