"""What Mozilla's HTTP Observatory would give a page: its rules for one response, as they are published.

A page begins with 100. Each rule finds one result, which takes something away or, for a page that keeps 90,
adds something. Not here: redirects and browsers' preload lists, which no single response shows; the 5 points
of the lists are the operator's to ask for.

Source: mdn/mdn-http-observatory, src/grader/charts.js; developer.mozilla.org, "Tests & Scoring".
"""

import re
from collections.abc import Callable
from typing import Final

from werkzeug.test import TestResponse

BEGINS_WITH = 100
EARNS_EXTRA = 90
HALF_A_YEAR_S = 15_768_000
_SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)


def score(response: TestResponse) -> int:
    """The sum; what a page earns on top counts only if it has lost little."""
    results = [rule(response) for rule in RULES]
    left = BEGINS_WITH + sum(one for one in results if one < 0)
    return left + sum(one for one in results if one > 0) if left >= EARNS_EXTRA else max(left, 0)


def best(response: TestResponse) -> int:
    """The most that a page like this can have: cookies and scripts earn something where there are some."""
    has = bool(response.headers.getlist("Set-Cookie")), bool(_SCRIPT.search(response.text))
    return BEGINS_WITH + 10 + 5 + 5 + 10 + 5 * sum(has)


def content_security_policy(response: TestResponse) -> int:
    text = response.headers.get("Content-Security-Policy")
    if not text:
        return -25
    directives = {name: sources for name, *sources in (part.split() for part in text.split(";"))}
    otherwise = directives.get("default-src", ["*"])
    active = [*directives.get("script-src", otherwise), *directives.get("object-src", otherwise)]
    everything = [source for sources in directives.values() for source in sources]
    if {"'unsafe-inline'", "data:", "https:", "http:", "*"} & set(active):
        return -20
    if any(source.startswith(("http:", "ftp:")) for source in everything):
        return -20
    if "'unsafe-eval'" in active:
        return -10
    styles = directives.get("style-src", otherwise)
    if {"'unsafe-inline'", "data:", "https:", "*"} & set(styles):
        return 0
    is_closed = otherwise == ["'none'"] and directives.get("form-action") in (["'none'"], ["'self'"])
    return 10 if is_closed else 5


def cookies(response: TestResponse) -> int:
    found = [set(one.split("; ")[1:]) for one in response.headers.getlist("Set-Cookie")]
    if not found:
        return 0
    if not all("Secure" in flags for flags in found):
        return -40
    if not all("HttpOnly" in flags for flags in found):
        return -30
    return 5 if all({"SameSite=Lax", "SameSite=Strict"} & flags for flags in found) else -20


def sharing(response: TestResponse) -> int:
    is_open = response.headers.get("Access-Control-Allow-Credentials") == "true"
    return -50 if is_open else 0


def referrer_policy(response: TestResponse) -> int:
    private = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
    text = response.headers.get("Referrer-Policy")
    return 0 if text is None else 5 if text in private else -5


def strict_transport_security(response: TestResponse) -> int:
    age = re.match(r"max-age=(\d+)(;|$)", response.headers.get("Strict-Transport-Security", ""))
    if age is None:
        return -20
    return 0 if int(age[1]) >= HALF_A_YEAR_S else -10


def subresource_integrity(response: TestResponse) -> int:
    tags = _SCRIPT.findall(response.text)
    if not tags:
        return 0
    is_ours = all(re.search(r'\ssrc="/(?!/)', tag) for tag in tags)
    has_hash = all(re.search(r'\sintegrity="sha(256|384|512)-', tag) for tag in tags)
    return 5 if is_ours and has_hash else 0 if is_ours else -50


def content_type_options(response: TestResponse) -> int:
    return 0 if response.headers.get("X-Content-Type-Options") == "nosniff" else -5


def frames(response: TestResponse) -> int:
    policy = response.headers.get("Content-Security-Policy", "")
    if re.search(r"frame-ancestors '(none|self)'", policy):
        return 5
    return 0 if response.headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"} else -20


def resource_policy(response: TestResponse) -> int:
    text = response.headers.get("Cross-Origin-Resource-Policy")
    return {None: 0, "cross-origin": 0, "same-origin": 10, "same-site": 10}.get(text, -5)


RULES: tuple[Callable[[TestResponse], int], ...] = (
    *(content_security_policy, cookies, sharing, referrer_policy, strict_transport_security),
    *(subresource_integrity, content_type_options, frames, resource_policy),
)


FLAWS: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; script-src *",
    ),
    ("Content-Security-Policy", "default-src 'self'; form-action 'self'; frame-ancestors 'none'"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Content-Security-Policy", "default-src 'none'; form-action 'self'"),
    ("Set-Cookie", "sid=x; Secure; HttpOnly"),
    ("Set-Cookie", "sid=x; Secure; SameSite=Lax"),
    ("Set-Cookie", "sid=x; HttpOnly; SameSite=Lax"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Referrer-Policy", "unsafe-url"),
    ("Strict-Transport-Security", "max-age=3600"),
    ("X-Content-Type-Options", "sniff"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
"""A header and a value of it, each of which costs a page something."""
