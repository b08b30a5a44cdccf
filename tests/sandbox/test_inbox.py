"""The inbox as the documents say it, in literal JSON."""

import json

import pytest

from webapp.sandbox.inbox import Letter

COUNT, LIST = "/api/inbox/count", "/api/inbox/message/list"
DETAIL, READ, READ_ALL = (f"/api/inbox/message/{name}" for name in ("detail", "read", "read-all"))
FAILED = (400, "INBOX_FAILED")
REQUEST = (400, "INVALID_REQUEST")
STATEMENT = Letter("text", "New statement", "February is ready.", "Good day.")


def asked(**members):
    return json.dumps({"requestObject": members}).encode()


def listed(reader, page=0, size=50, **more):
    return [one["subject"] for one in reader.read(LIST, asked(page=page, size=size, **more)).object]


def unread(reader):
    return reader.read(COUNT).object["countUnread"]


def test_one_message_in_every_answer(reader, backend):
    message_id = backend.write_to("alice", STATEMENT)
    head = {
        "id": message_id,
        "type": "text",
        "subject": "New statement",
        "summary": "February is ready.",
        "read": False,
        "timestampCreated": "2026-09-21T14:13:20+0000",
    }
    assert reader.read(COUNT).body == {"status": "OK", "responseObject": {"countUnread": 1}}
    answer = reader.read(LIST, asked(page=0, size=50, onlyUnread=False))
    assert answer.body == {"status": "OK", "page": 0, "size": 50, "responseObject": [head]}
    answer = reader.read(DETAIL, asked(id=message_id))
    assert answer.body == {"status": "OK", "responseObject": head | {"body": "Good day."}}
    assert reader.read(READ, asked(id=message_id)).body == {"status": "OK"}
    assert reader.read(DETAIL, asked(id=message_id)).object["read"] is True


def test_newest_first_and_a_page_at_a_time(reader, backend, clock):
    for number in range(5):
        backend.write_to("alice", Letter("text", str(number), "", "x"))
        if number % 2:
            clock.advance(1)
    assert listed(reader) == ["4", "3", "2", "1", "0"]
    assert [listed(reader, page, 2) for page in range(4)] == [["4", "3"], ["2", "1"], ["0"], []]


def test_opening_marks_nothing_and_reading_marks_once(reader, backend, clock):
    first, second = (backend.write_to("alice", Letter("text", name, "", "x")) for name in "12")
    reader.read(DETAIL, asked(id=first))
    assert unread(reader) == 2
    assert reader.read(READ, asked(id=first)).status == 200
    read_at = {one.id: one.read_ms for one in backend.written_to("alice", 10)}[first]
    clock.advance(60)
    assert reader.read(READ, asked(id=first)).status == 200, "twice is no error"
    assert {one.id: one.read_ms for one in backend.written_to("alice", 10)} == {first: read_at, second: None}
    assert (unread(reader), listed(reader, onlyUnread=True)) == (1, ["2"])
    assert reader.read(READ_ALL).body == {"status": "OK"}
    assert (unread(reader), listed(reader, onlyUnread=True), listed(reader)) == (0, [], ["2", "1"])


def test_nobody_reads_somebody_elses_message(reader, backend):
    hers = backend.write_to("bob", STATEMENT)
    assert (unread(reader), listed(reader)) == (0, [])
    for path in (DETAIL, READ):
        assert reader.read(path, asked(id=hers)).refusal == FAILED
        assert reader.read(path, asked(id="nowhere")).refusal == FAILED
        assert reader.read(path, asked()).refusal == REQUEST
    reader.read(READ_ALL)
    assert backend.written_to("bob", 10)[0].read_ms is None


def test_every_activation_of_a_person_has_the_same_messages(reader, backend, enrol):
    message_id = backend.write_to("alice", STATEMENT)
    laptop = enrol("alice")
    laptop.make_token()
    laptop.read(READ, asked(id=message_id))
    assert unread(reader) == 0


@pytest.mark.parametrize("path", [COUNT, LIST, DETAIL, READ, READ_ALL])
def test_a_token_is_needed(alice, path):
    assert alice.send(path, asked(page=0, size=1, id="x")).refusal == (401, "POWERAUTH_AUTH_FAIL")


def test_a_blocked_activation_reads_nothing(reader, backend, bank):
    bank("/activation/block", activationId=reader.activation_id)
    assert reader.read(COUNT).refusal == (401, "POWERAUTH_AUTH_FAIL")


def test_a_message_shows_nothing_of_its_text_by_accident(backend):
    backend.write_to("alice", STATEMENT)
    for one in (STATEMENT, *backend.written_to("alice", 1)):
        assert "statement" not in repr(one)
        assert "Good day" not in repr(one)
