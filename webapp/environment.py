"""Environment variables → values. A converter takes a text and says in words what it would have accepted."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from webapp.variables import PREFIX, VARIABLES

T = TypeVar("T")

TESTS: Final = "ASSENT_TEST_"
IN_FILE: Final = "_FILE"
LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
MIN_SECRET_LENGTH: Final = 32

# A name and no number: browsers file passkeys under names only, whose last part begins with a letter.
_ORIGIN: Final = re.compile(
    r"(?P<scheme>https|http(?=://localhost(:|$)))://(?P<host>([a-z0-9-]+\.)*[a-z][a-z0-9-]*)(:(?P<port>[0-9]{1,5}))?"
)
_PREFIX: Final = re.compile(r"(/[a-z0-9][a-z0-9._~-]*)*", re.IGNORECASE)
_NAME: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]")
_BIND: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}|unix:/\S+")
_LISTEN: Final = re.compile(r"(?:(?P<host>[0-9.]+)|\[(?P<bracketed>[0-9a-fA-F:]+)\]):(?P<port>[0-9]{1,5})")
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*")
# What a browser would run or open itself; no application has these.
_NO_APPLICATION: Final = {
    *(
        "about",
        "blob",
        "content",
        "data",
        "file",
        "filesystem",
        "ftp",
        "http",
        "https",
        "intent",
        "javascript",
    ),
    *("mailto", "sms", "tel", "vbscript", "view-source", "ws", "wss"),
}


def with_files(environ: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """The variables with what their files hold, white space around it left out, in place of `…_FILE`.

    What cannot be read goes to `problems`; nothing of a file is repeated there.
    """
    found = dict(environ)
    for name in (name for name, variable in VARIABLES.items() if variable.is_secret):
        path = found.pop(f"{name}{IN_FILE}", "")
        if path and found.get(name):
            problems.append(f"{name}, {name}{IN_FILE}: one of them, not both")
        elif path:
            try:
                found[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "no text"
                problems.append(f"{name}{IN_FILE}: a file that can be read ({reason})")
    return found


class Reader:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self._environ = with_files(environ, self.problems)

    def read(self, name: str, convert: Callable[[str], T], default: str | None = None) -> T | None:
        """The value of a variable, or of its default if it is not set or empty; None after a problem.

        `default` is for the few whose default depends on another variable.
        """
        value = self.plain(name) or (VARIABLES[name].default if default is None else default)
        if value is None:
            self.problems.append(f"{name} is missing")
            return None
        try:
            return convert(value)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
        return None

    def plain(self, name: str) -> str:
        """The text of a variable; empty if it is not set."""
        return self._environ.get(VARIABLES[name].name, "")

    def refuse_unknown(self) -> None:
        """A variable with our prefix that is none of ours is a typing mistake."""
        for name in sorted(self._environ):
            if name.startswith(PREFIX) and not name.startswith(TESTS) and name not in VARIABLES:
                self.problems.append(f"{name} is not a setting")


def text(value: str) -> str:
    return value


def secret(value: str) -> str:
    if len(value) < MIN_SECRET_LENGTH:
        raise ValueError(f"at least {MIN_SECRET_LENGTH} random characters")
    return value


def secret_or_none(value: str) -> str | None:
    return secret(value) if value else None


def listen(value: str) -> tuple[str, int] | None:
    """An address of this machine and a port to listen on."""
    if not value:
        return None
    match = _LISTEN.fullmatch(value)
    if match is None or not 0 < int(match["port"]) < 65_536:  # noqa: PLR2004 - the number of ports
        raise ValueError("an address and a port such as 127.0.0.1:9100")
    return match["host"] or match["bracketed"], int(match["port"])


def service_url(value: str) -> str:
    """An address to send requests to: https, or plain HTTP on this very machine."""
    parts = urlsplit(value)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS)
    if not is_safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("an https address such as https://bank.example/enrollment-server")
    return value.rstrip("/")


def origin(value: str) -> str | None:
    """Where people reach the site: https and a name without a path, or plain HTTP on this very machine."""
    if not value:
        return None
    match = _ORIGIN.fullmatch(value.lower())
    if match is None:
        raise ValueError("https and a name without a path, such as https://approve.bank.example")
    is_usual = match["port"] == ("443" if match["scheme"] == "https" else "80")
    return f"{match['scheme']}://{match['host']}" if is_usual else match[0]


def phone(value: str) -> str | None:
    if not value:
        return None
    if re.fullmatch(r"\+?[0-9][0-9 ()/-]{2,30}", value) is None:
        raise ValueError("a telephone number such as +420 800 123 456")
    return value


def yes_or_no(value: str) -> bool:
    if value not in {"yes", "no"}:
        raise ValueError("yes or no")
    return value == "yes"


def seconds(value: str) -> float:
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", value) is None or not float(value):
        raise ValueError("a number of seconds above zero")
    return float(value)


def whole_seconds(value: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,3}", value) is None:
        raise ValueError("a whole number of seconds above zero")
    return int(value)


def days(value: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,3}", value) is None:
        raise ValueError("a whole number of days above zero")
    return int(value)


def uri_id(value: str) -> str:
    if re.fullmatch(r"[!-~]{1,255}", value) is None:
        raise ValueError("an identifier without spaces such as /operation/authorize/offline")
    return value


def code_digits(value: str) -> int:
    if re.fullmatch(r"[4-8]", value) is None:
        raise ValueError("a whole number from 4 to 8")
    return int(value)


def length(value: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,2}", value) is None:
        raise ValueError("a whole number of characters")
    return int(value)


def identifier(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9._-]{0,64}", value) is None:
        raise ValueError("letters, digits, dots, dashes and underscores")
    return value


def labelled(value: str, kinds: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """`username:User name,password:Password:secret` → names, labels and kinds."""
    found = []
    for part in _parts(value):
        name, _, rest = part.partition(":")
        label, _, kind = (text.strip() for text in rest.partition(":"))
        if not name or not label or identifier(name) != name or kind not in kinds:
            raise ValueError("name:label, several separated by commas, such as username:User name")
        found.append((name, label, kind))
    return found


def limits(value: str) -> dict[str, Decimal]:
    """`EUR:1000,CZK:25000` → the largest amount of each currency."""
    found = {}
    for part in _parts(value):
        match = re.fullmatch(r"([A-Z]{3}):([0-9]{1,15}(?:\.[0-9]{1,6})?)", part)
        if match is None:
            raise ValueError("currency:amount, several separated by commas, such as EUR:1000,CZK:25000")
        found[match[1]] = Decimal(match[2])
    return found


def hosts(value: str) -> frozenset[str]:
    found = frozenset(_parts(value.lower()))
    if not all(_HOST.fullmatch(host) for host in found):
        raise ValueError("host names separated by commas, *.shop.example for every host below shop.example")
    return found


def names(value: str) -> frozenset[str]:
    """The hosts under which the site itself is reached, so each is said in full."""
    found = frozenset(_parts(value.lower()))
    if not all(_NAME.fullmatch(name) for name in found):
        raise ValueError("host names separated by commas, such as approve.bank.example")
    return found


def prefix(value: str) -> str:
    if _PREFIX.fullmatch(value) is None:
        raise ValueError("the path below which the site lies, such as /approve, without a slash at its end")
    return value


def proxies(value: str) -> int:
    if re.fullmatch(r"[0-5]", value) is None:
        raise ValueError("how many proxies of yours stand in front, from 0 to 5")
    return int(value)


def proxy(value: str) -> str | None:
    """A proxy that is told where to connect to; it is spoken to over plain HTTP, and sees only TLS."""
    if not value:
        return None
    parts = urlsplit(value)
    # Reading the port raises a ValueError of its own, in words that could repeat a password.
    is_port = re.fullmatch(r".*:[0-9]{1,5}", parts.netloc) is not None
    if parts.scheme != "http" or not parts.hostname or not is_port or parts.path.strip("/") or parts.query:
        raise ValueError("http, a name and a port, such as http://proxy.bank.example:3128")
    return value.rstrip("/")


def bind(value: str) -> str:
    if _BIND.fullmatch(value) is None:
        raise ValueError("an address and a port such as 127.0.0.1:8000, or unix:/run/assent/socket")
    return value


def how_many(value: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,2}", value) is None:
        raise ValueError("a whole number above zero")
    return int(value)


def schemes(value: str) -> frozenset[str]:
    found = frozenset(_parts(value.lower()))
    if not all(_SCHEME.fullmatch(scheme) for scheme in found) or found & _NO_APPLICATION:
        raise ValueError("schemes of your own applications separated by commas, such as mybank")
    return found


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
