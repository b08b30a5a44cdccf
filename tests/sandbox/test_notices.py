"""Inbox and push registration."""

import json

import pytest

REQUEST = (400, "INVALID_REQUEST")


def asked(**members):
    return json.dumps({"requestObject": members}).encode()


def test_the_inbox_is_empty(reader):
    assert reader.read("/api/inbox/count").object == {"countUnread": 0}
    answer = reader.read("/api/inbox/message/list", asked(page=0, size=50, onlyUnread=False))
    assert answer.body == {"status": "OK", "page": 0, "size": 50, "responseObject": []}
    assert reader.read("/api/inbox/message/read-all").body == {"status": "OK"}
    for path in ("detail", "read"):
        assert reader.read(f"/api/inbox/message/{path}", asked(id="c7a1")).refusal == (400, "INBOX_FAILED")


@pytest.mark.parametrize(
    "members", [{}, {"page": -1, "size": 5}, {"page": 0, "size": "5"}, {"page": 0, "size": True}]
)
def test_a_malformed_page_is_refused(reader, members):
    assert reader.read("/api/inbox/message/list", asked(**members)).refusal == REQUEST


@pytest.mark.parametrize("path", ["/api/push/device/register", "/api/push/device/register/token"])
@pytest.mark.parametrize(
    ("members", "accepted"),
    [
        ({"platform": "ios", "token": "x"}, True),
        ({"platform": "apns", "token": "x", "environment": "production"}, True),
        ({"platform": "fcm", "token": "x", "environment": "production"}, False),
        ({"platform": "web", "token": "x"}, False),
        ({"platform": "ios", "token": ""}, False),
        ({"token": "x"}, False),
    ],
)
def test_registering_for_push(reader, path, members, accepted):
    answer = reader.read(path, asked(**members))
    assert answer.body == {"status": "OK"} if accepted else answer.refusal == REQUEST


@pytest.mark.parametrize(
    "path", ["/api/inbox/count", "/api/inbox/message/read-all", "/api/push/device/register"]
)
def test_a_token_is_needed(alice, path):
    assert alice.send(path, b"{}").refusal == (401, "POWERAUTH_AUTH_FAIL")
