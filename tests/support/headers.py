"""What every response says to the browser, parsed: not that a header is there, but that its value is one."""

import re
from collections.abc import Mapping

from werkzeug.test import TestResponse

PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
YEAR_S = 365 * 24 * 3600
DIRECTIVES = {
    *("default-src", "script-src", "style-src", "img-src", "connect-src", "manifest-src", "worker-src"),
    *("frame-src", "form-action", "base-uri", "frame-ancestors", "sandbox"),
    *("require-trusted-types-for", "trusted-types"),
}
SOURCE = re.compile(r"'none'|'self'|'sha256-[A-Za-z0-9+/]{43}='")
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CAMERA_AT = "/scan"
FRAMED = "/inbox/"
"""Below it are the texts of messages, which another page of this site shows in a frame."""


def check_headers(response: TestResponse) -> None:
    """Assert the whole set; the response came over HTTPS."""
    headers = response.headers
    for name, value in EXACTLY.items():
        assert headers.getlist(name) == [value], name
    assert headers.getlist("Referrer-Policy")[0] in PRIVATE_REFERRERS
    hsts = strict_transport(response)
    assert int(hsts["max-age"]) >= YEAR_S
    assert "includesubdomains" in hsts
    directives = policy(response)
    check_content_policy(directives)
    framed_by = directives["frame-ancestors"], headers.getlist("X-Frame-Options")
    is_framed = framed_by == (["'self'"], ["SAMEORIGIN"]) and "sandbox" in directives
    assert framed_by == (["'none'"], ["DENY"]) or (is_framed and response.request.path.startswith(FRAMED))
    features = permissions(response)
    assert all(value in {"()", "(self)"} for value in features.values())
    camera = "(self)" if features["camera"] == "(self)" else "()"
    path = response.request.path
    assert camera == "()" or path == CAMERA_AT, f"no camera at {path}"
    assert features["microphone"] == features["geolocation"] == features["payment"] == "()"
    assert re.fullmatch(
        r"no-store|no-cache|private, max-age=300|public, max-age=(600|31536000, immutable)",
        headers["Cache-Control"],
    )
    names = {name.lower() for name, _ in headers}
    assert not [name for name in names if name.startswith("access-control-")]
    assert not {"content-encoding", "server", "x-powered-by"} & names
    if response.data:
        kind, _, parameters = headers["Content-Type"].partition("; ")
        assert not kind.startswith("text/") or "charset=utf-8" in parameters.split("; ")
    if "Location" in headers:
        assert re.match(r"/(?!/)", headers["Location"]), "no redirect leaves the site"
    for cookie in headers.getlist("Set-Cookie"):
        check_cookie(cookie)


def check_cookie(text: str) -> None:
    pair, *rest = text.split("; ")
    name, _, value = pair.partition("=")
    flags = dict(part.lower().partition("=")[::2] for part in rest)
    assert {"secure", "httponly"} <= set(flags)
    assert flags["samesite"] in {"lax", "strict"}
    assert "domain" not in flags
    assert name.startswith("__Host-") or (name, flags["path"][:14]) == ("__Secure-code", "/offline/code/")
    assert flags["path"] == "/" or name.startswith("__Secure-")
    assert len(name) + len(value) <= 4096, "browsers keep no longer one"


def check_content_policy(directives: Mapping[str, list[str]]) -> None:
    assert set(directives) <= DIRECTIVES
    assert directives["default-src"] == ["'none'"]
    assert directives["base-uri"] == ["'none'"]
    assert directives["form-action"] in (["'self'"], ["'none'"])
    for name, sources in directives.items():
        if name not in {"sandbox", "require-trusted-types-for", "trusted-types"}:
            assert all(SOURCE.fullmatch(source) for source in sources), f"{name}: {sources}"
    if "script-src" in directives:
        assert directives["require-trusted-types-for"] == ["'script'"]
    else:
        assert directives["sandbox"] == [], "what runs nothing is shut in as well"


def policy(response: TestResponse) -> dict[str, list[str]]:
    (text,) = response.headers.getlist("Content-Security-Policy")
    parts = [part.split() for part in text.split(";")]
    assert len({name for name, *_ in parts}) == len(parts), "a directive counts once"
    return {name: sources for name, *sources in parts}


def permissions(response: TestResponse) -> dict[str, str]:
    (text,) = response.headers.getlist("Permissions-Policy")
    pairs = [part.strip().partition("=") for part in text.split(",")]
    assert all(re.fullmatch(r"[a-z-]+", name) for name, _, _ in pairs)
    assert len({name for name, _, _ in pairs}) == len(pairs)
    return {name: value for name, _, value in pairs}


def strict_transport(response: TestResponse) -> dict[str, str]:
    (text,) = response.headers.getlist("Strict-Transport-Security")
    return dict(part.strip().lower().partition("=")[::2] for part in text.split(";"))
