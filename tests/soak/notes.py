"""What the bank saw of signatures and tokens, written down at its door."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[..., Iterable[bytes]]
_HEADER = "HTTP_X_POWERAUTH_AUTHORIZATION"
_TOKEN = "HTTP_X_POWERAUTH_TOKEN"
_COUNTED = ("possession_knowledge", "possession_biometry")


class Notes:
    """Stands before the bank's servers, as a WSGI application; any number of threads.

    `signatures` and `tokens` count each header by its value, `refused` what was signed and cost an attempt.
    """

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self.signatures: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()
        self.refused = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        header, token = environ.get(_HEADER), environ.get(_TOKEN)
        if token is not None:
            with self._lock:
                self.tokens[token] += 1
        if header is None:
            return self._inner(environ, start_response)

        def start(status: str, *rest: Any) -> Any:
            is_counted = any(kind in header for kind in _COUNTED)
            with self._lock:
                self.refused += is_counted and status.startswith("401")
            return start_response(status, *rest)

        with self._lock:
            self.signatures[header] += 1
        return self._inner(environ, start)

    @property
    def doubled(self) -> int:
        """How many signatures, and proofs of tokens, came more than once."""
        seen = [*self.signatures.values(), *self.tokens.values()]
        return sum(times > 1 for times in seen)
