"""What can happen to one exchange: it gets lost, waits, breaks off, comes twice, is old, is damaged."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from tests.faults.wire import Exchange, Fault
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.transport import Headers, HttpResponse

TOTAL_TIMEOUT_S: Final = 30.0
"""As the site is set by default."""
_PATIENCE_S: Final = 14.0


def not_sent(_exchange: Exchange) -> HttpResponse:
    raise NotSent("connection refused")


def request_lost(_exchange: Exchange) -> HttpResponse:
    raise AnswerLost("connection reset")


def answer_lost(exchange: Exchange) -> HttpResponse:
    exchange.happens()
    raise AnswerLost("connection reset")


def slow(exchange: Exchange) -> HttpResponse:
    """Nearly as long as a server may be silent."""
    exchange.clock.advance(_PATIENCE_S)
    return exchange.happens()


def too_slow(exchange: Exchange) -> HttpResponse:
    """The server works on, but nobody waits for it any more."""
    exchange.happens()
    exchange.clock.advance(TOTAL_TIMEOUT_S)
    raise AnswerLost("total timeout")


def never_answered(exchange: Exchange) -> HttpResponse:
    exchange.clock.advance(TOTAL_TIMEOUT_S)
    raise AnswerLost("total timeout")


def cut_off(exchange: Exchange) -> HttpResponse:
    """Half of the answer, as if that were all."""
    answer = exchange.happens()
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def nothing_in_it(exchange: Exchange) -> HttpResponse:
    return replace(exchange.happens(), body=b"")


def twice_and_first(exchange: Exchange) -> HttpResponse:
    """The request arrives twice, and its first answer comes back."""
    answer = exchange.happens()
    exchange.happens()
    return answer


def twice_and_second(exchange: Exchange) -> HttpResponse:
    exchange.happens()
    return exchange.happens()


def old_answer(exchange: Exchange) -> HttpResponse:
    """The server never sees the request; something in between gives an answer of an earlier day."""
    return exchange.earlier.get(exchange.path, HttpResponse(200, Headers(), b'{"status":"OK"}'))


def old_answer_all_the_same(exchange: Exchange) -> HttpResponse:
    """The server acts, but an answer of an earlier day comes back."""
    exchange.happens()
    return old_answer(exchange)


def old_refusal(exchange: Exchange) -> HttpResponse:
    """What the server said on an earlier day about something else."""
    return _refusal(400, "OPERATION_ALREADY_FINISHED")


def old_refusal_all_the_same(exchange: Exchange) -> HttpResponse:
    exchange.happens()
    return old_refusal(exchange)


def last_answer(exchange: Exchange) -> HttpResponse:
    """A connection out of step: the answer to the question before."""
    exchange.happens()
    return exchange.last or HttpResponse(200, Headers(), b'{"status":"OK"}')


def broken_down(exchange: Exchange) -> HttpResponse:
    """The server acts, and then fails to say so."""
    exchange.happens()
    return _refusal(500, "ERROR_GENERIC")


def bad_gateway(_exchange: Exchange) -> HttpResponse:
    return HttpResponse(502, Headers({"Content-Type": "text/html"}), b"<h1>Bad Gateway</h1>")


def login_page(_exchange: Exchange) -> HttpResponse:
    return HttpResponse(200, Headers({"Content-Type": "text/html"}), b"<h1>Welcome to our network</h1>")


def unauthorized(exchange: Exchange) -> HttpResponse:
    """The server acts; a proxy in front of it wants to know who asks."""
    exchange.happens()
    return HttpResponse(401, Headers({"Content-Type": "text/html"}), b"<h1>Unauthorized</h1>")


def too_many(_exchange: Exchange) -> HttpResponse:
    return _refusal(429, "TOO_MANY_REQUESTS")


def _refusal(status: int, code: str) -> HttpResponse:
    error = {"status": "ERROR", "responseObject": {"code": code, "message": "x"}}
    return HttpResponse(status, Headers({"Content-Type": "application/json"}), json.dumps(error).encode())


# -- damage ---------------------------------------------------------------------------------------


def flipped(part: float, bit: int) -> Fault:
    """One bit of the body differs, this far into it."""

    def flip(exchange: Exchange) -> HttpResponse:
        answer = exchange.happens()
        body = bytearray(answer.body)
        if body:
            body[int(part * (len(body) - 1))] ^= 1 << bit
        return replace(answer, body=bytes(body))

    return flip


def damaged(change: Callable[[dict[str, Any]], object]) -> Fault:
    """The JSON of the answer is still JSON, but not of the shape that it should have."""

    def damage(exchange: Exchange) -> HttpResponse:
        answer = exchange.happens()
        document = json.loads(answer.body)
        return replace(answer, body=json.dumps(change(document)).encode())

    return damage


def turned(value: Any) -> Any:
    """Texts become numbers, numbers texts, lists objects and objects lists, all the way down."""
    match value:
        case bool() | None:
            return "yes"
        case int() | float():
            return str(value)
        case str():
            return len(value)
        case list():
            return {str(number): turned(one) for number, one in enumerate(value)}
        case _:
            return [turned(one) for one in value.values()]


def emptied(value: Any) -> Any:
    """Every text is empty, every number is zero."""
    match value:
        case str():
            return ""
        case int():
            return 0
        case list():
            return [emptied(one) for one in value]
        case dict():
            return {name: emptied(one) for name, one in value.items()}
        case _:
            return value


def with_object(change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], object]:
    """Change what is in the frame, or a frameless answer itself."""

    def within(document: dict[str, Any]) -> object:
        if "responseObject" in document:
            return {**document, "responseObject": change(document["responseObject"])}
        return change(document)

    return within


def header_lost(exchange: Exchange) -> HttpResponse:
    return replace(exchange.happens(), headers=Headers())


def other_header(exchange: Exchange) -> HttpResponse:
    return replace(exchange.happens(), headers=Headers({"Content-Type": "application/octet-stream"}))


def other_status(exchange: Exchange) -> HttpResponse:
    return replace(exchange.happens(), status=500)


def contradiction(exchange: Exchange) -> HttpResponse:
    """A refusal that says that all is well, and the other way round."""
    answer = exchange.happens()
    return replace(answer, status=400 if answer.status == 200 else 200)


_DROPS: Final = {"not sent": not_sent, "answer lost": answer_lost}
_REPLAYS: Final = {
    "old answer": old_answer,
    "old answer, done": old_answer_all_the_same,
    "old refusal": old_refusal,
    "old refusal, done": old_refusal_all_the_same,
    "last answer": last_answer,
}
_COPIES: Final = {"twice, first answer": twice_and_first, "twice, second answer": twice_and_second}
_DELAYS: Final = {"too slow": too_slow, "slow": slow, "never answered": never_answered}
_BITS: Final = {
    f"bit flipped at {part}": flipped(part, bit)
    for part, bit in ((0.03, 0), (0.2, 4), (0.35, 1), (0.5, 6), (0.65, 2), (0.8, 0), (0.95, 5))
}
_SHAPES: Final = {
    "cut off": cut_off,
    "nothing in it": nothing_in_it,
    "no object": damaged(lambda document: {"status": document.get("status", "OK")}),
    "null": damaged(with_object(lambda _: None)),
    "turned": damaged(with_object(turned)),
    "emptied": damaged(with_object(emptied)),
    "in a list": damaged(lambda document: [document]),
    "status lost": damaged(lambda document: {k: v for k, v in document.items() if k != "status"}),
}
_FRAMES: Final = {
    "header lost": header_lost,
    "other header": other_header,
    "other status": other_status,
    "contradiction": contradiction,
    "bad gateway": bad_gateway,
    "login page": login_page,
    "unauthorized": unauthorized,
    "too many": too_many,
    "broken down": broken_down,
    "request lost": request_lost,
}
KINDS: Final[tuple[Mapping[str, Fault], ...]] = tuple(
    MappingProxyType(kind)
    for kind in (_DROPS, _REPLAYS, _COPIES, _DELAYS, _BITS, {"cut off": cut_off}, _SHAPES, _FRAMES)
)
"""Each exchange meets one of each kind, in turns, so that over all the stories each fault has its own."""
FOR_SIGNED: Final[Mapping[str, Fault]] = MappingProxyType({**_DROPS, **_REPLAYS, **_COPIES})
"""What is signed meets all of these."""
