"""The web app manifest: what a browser shows and does with this site once somebody has installed it.

Source: W3C Web Application Manifest; WICG Manifest Incubations for `launch_handler`, `protocol_handlers` and
`share_target`; `color_scheme_dark` is what w3c/manifest#975 decided for the colours of a dark system.
"""

import textwrap
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _

from webapp.web import i18n
from webapp.web.static_files import StaticFiles

MAX_SHORT_NAME: Final = 12
LIGHT: Final = "#f3f5f8"
DARK: Final = "#0f141a"
"""The colours of an empty page, as in templates/base.html."""

_ICONS: Final = (
    ("icons/assent.svg", "any", "any"),
    ("icons/assent-192.png", "192x192", "any"),
    ("icons/assent-512.png", "512x512", "any"),
    ("icons/assent-maskable.svg", "any", "maskable"),
    ("icons/assent-maskable-192.png", "192x192", "maskable"),
    ("icons/assent-maskable-512.png", "512x512", "maskable"),
    ("icons/assent-monochrome.svg", "any", "monochrome"),
    ("icons/assent-monochrome-512.png", "512x512", "monochrome"),
)
_TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png"}
PICTURES: Final = "image/jpeg", "image/png", "image/webp"


def manifest(name: str, files: StaticFiles) -> dict[str, Any]:
    """The manifest in the visitor's language; addresses are paths of this site."""
    page = i18n.current_page()
    return {
        # For good: under another one, browsers would take the site for another app.
        "id": url_for("activation.home"),
        "name": name,
        "short_name": short_name(name),
        "description": _("Read what your bank asks you to approve, and say yes or no."),
        "lang": page.locale,
        "dir": page.direction,
        "start_url": url_for("activation.home"),
        "scope": url_for("activation.home"),
        "display": "standalone",
        "theme_color": LIGHT,
        "background_color": LIGHT,
        "color_scheme_dark": {"theme_color": DARK, "background_color": DARK},
        "categories": ["finance", "security"],
        "icons": [_icon(files, *icon) for icon in _ICONS],
        "screenshots": _screenshots(files),
        "shortcuts": [
            {"name": _("Waiting operations"), "url": url_for("waiting.operations")},
            {"name": _("Scan a code"), "url": url_for("scan.page")},
        ],
        # One window: what is opened shows there, in whichever way it came.
        "launch_handler": {"client_mode": ["navigate-existing", "auto"]},
        "protocol_handlers": [
            {"protocol": "web+assent", "url": url_for("links.deeplink") + "?url=%s"},
        ],
        "share_target": {
            "action": url_for("share.take"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "text": "text",
                "url": "url",
                "files": [{"name": "picture", "accept": list(PICTURES)}],
            },
        },
        "prefer_related_applications": False,
    }


def short_name(name: str) -> str:
    """As many whole words as fit below an icon; of a longer word, its beginning."""
    return textwrap.shorten(name, MAX_SHORT_NAME, placeholder="") or name[:MAX_SHORT_NAME]


def _icon(files: StaticFiles, path: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": files.url(path), "sizes": sizes, "type": _TYPES[path[-4:]], "purpose": purpose}


def _screenshots(files: StaticFiles) -> list[dict[str, str]]:
    found = (
        ("list-narrow", "720x1280", "narrow", _("What waits for you")),
        ("operation-narrow", "720x1280", "narrow", _("A payment before it is approved")),
        ("list-wide", "1280x800", "wide", _("What waits for you")),
        ("operation-wide", "1280x800", "wide", _("A payment before it is approved")),
    )
    return [
        {
            "src": files.url(f"screenshots/{name}.png"),
            "sizes": sizes,
            "type": "image/png",
            "form_factor": form_factor,
            "label": label,
        }
        for name, sizes, form_factor, label in found
    ]
