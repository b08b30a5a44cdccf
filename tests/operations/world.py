"""Alice's browser at a site whose bank tells one operation, exactly as a document has it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from tests.support.bank import Bank
from tests.support.browser import Browser
from tests.support.clock import ManualClock
from tests.support.elsewhere import Elsewhere
from tests.support.people import Person
from tests.support.site import BACKEND_URL, make_settings
from tests.support.wire import Fault, Wire, error
from webapp.app import create_app
from webapp.flows.policy import Policy, RetypeRule
from webapp.mtoken.transport import Headers, HttpResponse, Request, Transport
from webapp.randomness import system_random
from webapp.sandbox.backend import Backend
from webapp.sandbox.transport import InMemoryTransport

NEIGHBOURS = ("The one before", "The one after")
_TIMES = b'"operationCreated":"2026-09-21T14:12:00+0000","operationExpires":"2026-09-21T14:17:00+0000"'


@dataclass
class Place:
    """One site, the wire to its bank, and Alice, who is enrolled there."""

    wire: Wire
    alice: Person
    clock: ManualClock
    _waited_s: int = 0

    @contextmanager
    def told(self, document: bytes, *, accepts: bool = True) -> Iterator[None]:
        """The bank lists this operation between two sound ones, and tells it when asked for it.

        Args:
            accepts: what the bank answers to an approval; a rejection it always accepts.
        """
        before, after = (_neighbour(number) for number in (0, 1))
        self.wire.breaks("/operation/list", _ok(b"[%b,%b,%b]" % (before, document, after)))
        answered: list[str] = []

        def answers(request: Request, transport: Transport) -> HttpResponse:
            answered.append(request.url)
            return _ok()(request, transport)

        def tells(request: Request, transport: Transport) -> HttpResponse:
            fault = error(400, "OPERATION_ALREADY_FINISHED") if answered else _ok(document)
            return fault(request, transport)

        self.wire.breaks("/operation/detail", tells)
        self.wire.breaks("/operation/authorize", answers if accepts else error(401, "OPERATION_FAILED"))
        self.wire.breaks("/operation/cancel", answers)
        try:
            yield
        finally:
            self.wire.is_mended()
            self.clock.jump(-self._waited_s)
            self._waited_s = 0

    def waits(self, seconds: int) -> None:
        """Alice reads on for a while. After the case it is as early as before, for cases in any order."""
        self.clock.jump(seconds)
        self._waited_s += seconds


class World:
    """Sites by the policy of their operators; each is made once, when a case first needs it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._places: dict[str, Place] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def place(self, settings: dict[str, Any]) -> Place:
        key = repr(sorted(settings.items()))
        if key not in self._places:
            directory = self._directory / str(len(self._places))
            directory.mkdir()
            clock = ManualClock()
            backend = Backend(directory / "sandbox.sqlite", clock=clock, random=system_random)
            sandbox = self._open.enter_context(backend)
            self._places[key] = _new_place(directory, sandbox, clock, policy_of(settings))
        return self._places[key]


def policy_of(settings: dict[str, Any]) -> Policy:
    """The operator's choices as a case names them: the fields of `webapp.flows.policy.Policy`."""
    converted = {
        "retype": RetypeRule,
        "limits": lambda value: {currency: Decimal(most) for currency, most in value.items()},
        "redirect_hosts": frozenset,
        "redirect_schemes": frozenset,
    }
    return Policy(
        **{name: converted.get(name, lambda value: value)(value) for name, value in settings.items()}
    )


def _new_place(directory: Path, sandbox: Backend, clock: ManualClock, policy: Policy) -> Place:
    wire = Wire(InMemoryTransport(sandbox, BACKEND_URL))
    settings = make_settings(directory, sandbox.sdk_configuration(), policy=policy)
    site = create_app(settings, transport=wire, public_transport=Elsewhere(), clock=clock)
    alice = Person("Alice", Bank(sandbox.admin), Browser(site.test_client())).is_enrolled()
    return Place(wire, alice, clock)


def _neighbour(number: int) -> bytes:
    title = NEIGHBOURS[number].encode()
    return b'{"id":"neighbour-%d","name":"n%d","data":"A0",%b,"formData":{"title":"%b"}}' % (
        number,
        number,
        _TIMES,
        title,
    )


def _ok(content: bytes = b"null") -> Fault:
    body = b'{"status":"OK","responseObject":%b}' % content
    return lambda _request, _transport: HttpResponse(200, Headers(), body)
