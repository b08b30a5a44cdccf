"""For whom a request is sent: only what is true, and nothing that a server could take for something else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.mtoken.announced import AnnouncedTransport, Origin
from webapp.mtoken.transport import Headers, HttpResponse, Request
from webapp.mtoken.user_agent import USER_AGENT, user_agent_for

URL = "https://bank.example/enrollment-server/pa/v3/status"


class Recorder:
    def __init__(self) -> None:
        self.sent: list[Request] = []

    def send(self, request: Request) -> HttpResponse:
        self.sent.append(request)
        return HttpResponse(200)


def headers_for(origin: Origin | None, **own: str) -> Headers:
    recorder, request = Recorder(), Request("POST", URL, Headers(own))
    before = dict(request.headers)
    AnnouncedTransport(recorder, lambda: origin).send(request)
    assert dict(request.headers) == before, "the caller's request stays as it is"
    return recorder.sent[0].headers


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::0:7", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("192.0.2.7, 203.0.113.1", None),
        ("unix:", None),
        ("", None),
        (None, None),
        ("192.0.2.7\r\nX-Other: 1", None),
    ],
)
def test_one_address_or_none(known, told):
    assert headers_for(Origin("A", known, None)).get("X-Forwarded-For") == told


def test_without_a_visitor_a_request_goes_as_it_is():
    assert headers_for(None, Accept="application/json") == {"Accept": "application/json"}


def test_the_credentials_stay_as_they_are():
    headers = headers_for(Origin("A", None, None), **{"X-PowerAuth-Token": "PowerAuth x"})
    assert headers["X-PowerAuth-Token"] == "PowerAuth x"
    assert headers["X-Correlation-ID"] == "A"


@given(st.text(max_size=600))
def test_a_browsers_name_is_a_comment_behind_ours_and_cannot_leave_it(claimed):
    told = user_agent_for(claimed)
    assert re.fullmatch(r"[ -~]*", told)
    assert told == USER_AGENT or re.fullmatch(r"\(for [^()\\]*\)", told.removeprefix(f"{USER_AGENT} "))
    assert len(told) < 300


@pytest.mark.parametrize(
    "claimed",
    ["PowerAuthNetworking/1.2.0 (en; wifi) bank/1 (Maker; iOS/18.0; Model)", "x PowerAuth2/1.9.2 (en) y"],
)
def test_nobody_passes_for_a_phone(claimed):
    assert user_agent_for(claimed) == USER_AGENT


def test_address_and_browser_do_not_show():
    assert repr(Origin("A", "192.0.2.7", "Firefox")) == "Origin(reference='A')"
