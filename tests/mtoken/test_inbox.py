"""The inbox of the SDK: the published documents, read and asked for as they are published."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mtoken.token_world import answers, make_world
from tests.support.wire import error, html_page, refused
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.inbox import (
    InboxContentType,
    InboxCount,
    InboxMessage,
    InboxMessageDetail,
    _read_count,
    _read_detail,
    _read_page,
)
from webapp.sandbox.inbox import Letter

COUNT, LIST = "/api/inbox/count", "/api/inbox/message/list"
DETAIL, READ, READ_ALL = (f"/api/inbox/message/{name}" for name in ("detail", "read", "read-all"))
HEAD = {
    "id": "c7a1",
    "type": "html",
    "subject": "New statement",
    "summary": "February is ready.",
    "read": False,
    "timestampCreated": "2026-03-01T06:00:00+0000",
}
CREATED = datetime(2026, 3, 1, 6, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*HEAD, "body", "countUnread"]) | st.text(max_size=4), inner)
    ),
    max_leaves=12,
)


@pytest.fixture
def world(tmp_path):
    world = make_world(tmp_path)
    yield world
    world.sandbox.close()


@pytest.fixture
def inbox(world):
    return world.token.inbox


def test_the_published_count(world, inbox):
    world.wire.breaks(COUNT, answers({"countUnread": 2}))
    assert inbox.unread_count().response_object == InboxCount(2)
    assert world.wire.sent(COUNT)[0].body == b"{}"


def test_the_published_list(world, inbox):
    world.wire.breaks(LIST, answers([HEAD | {"type": "text"}], page=0, size=50))
    page = inbox.list(0, 50, True).response_object
    assert list(page) == [
        InboxMessage(
            id="c7a1",
            type=InboxContentType.TEXT,
            subject="New statement",
            summary="February is ready.",
            read=False,
            timestamp_created=CREATED,
        )
    ]
    assert page.is_last(50)
    assert not page.is_last(1)
    assert world.asked(LIST) == {"requestObject": {"page": 0, "size": 50, "onlyUnread": True}}


def test_the_published_detail(world, inbox):
    world.wire.breaks(DETAIL, answers(HEAD | {"body": "<p>…</p>"}))
    assert inbox.detail("c7a1").response_object == InboxMessageDetail(
        id="c7a1",
        type=InboxContentType.HTML,
        subject="New statement",
        summary="February is ready.",
        read=False,
        timestamp_created=CREATED,
        body="<p>…</p>",
    )
    assert world.asked(DETAIL) == {"requestObject": {"id": "c7a1"}}


def test_a_message_is_written_listed_opened_and_read(world, inbox):
    first = world.sandbox.write_to("Alice", Letter("text", "First", "", "1"))
    second = world.sandbox.write_to("Alice", Letter("html", "Second", "", "2"))
    world.sandbox.write_to("Bob", Letter("text", "Not hers", "", "3"))
    assert [one.id for one in inbox.list().response_object] == [second, first]
    assert [one.id for one in inbox.list(1, 1).response_object] == [first]
    assert inbox.detail(first).response_object.body == "1"
    assert inbox.unread_count().response_object.count_unread == 2, "opening marks nothing"
    for _ in range(2):
        assert inbox.mark_read(first).status == "OK", "twice is no error"
    assert world.asked(READ) == {"requestObject": {"id": first}}
    assert [one.id for one in inbox.list(only_unread=True).response_object] == [second]
    assert inbox.mark_all_read().status == "OK"
    assert world.wire.sent(READ_ALL)[0].body == b"{}"
    assert inbox.unread_count().response_object.count_unread == 0


@pytest.mark.parametrize("name", ["detail", "mark_read"])
def test_a_message_of_somebody_else_is_an_answer_and_no_message(world, inbox, name):
    hers = world.sandbox.write_to("Bob", Letter("text", "For Bob", "", "x"))
    for one in (hers, "nowhere"):
        answer = getattr(inbox, name)(one)
        assert (answer.status, answer.response_object) == ("ERROR", None)
        assert answer.response_error.code == "INBOX_FAILED"


def test_nothing_is_signed_but_the_token_once(world, inbox):
    before = world.token.power_auth.state.counter
    inbox.unread_count()
    after = world.token.power_auth.state.counter
    assert after == before.next()
    for call in (inbox.unread_count, inbox.list, inbox.mark_all_read):
        call()
    assert world.token.power_auth.state.counter == after
    assert all("X-PowerAuth-Token" in one.headers for one in world.wire.requests if "/api/" in one.url)


def test_the_language_and_the_processor_go_along_with_every_call(world, inbox):
    world.token.set_accept_language("cs-CZ,cs;q=0.9")
    one = world.sandbox.write_to("Alice", Letter("text", "First", "", "1"))

    def with_trace(request):
        request.headers["X-Trace"] = "7"

    inbox.unread_count(with_trace)
    inbox.list(0, 5, False, with_trace)
    inbox.detail(one, with_trace)
    inbox.mark_read(one, with_trace)
    inbox.mark_all_read(with_trace)
    sent = [request.headers for request in world.wire.requests if "/api/inbox" in request.url]
    assert [(headers["X-Trace"], headers["Accept-Language"]) for headers in sent] == [
        ("7", "cs-CZ,cs;q=0.9")
    ] * 5


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"type": "markdown"}, {"type": InboxContentType.TEXT}),
        ({"type": 7}, {"type": InboxContentType.TEXT}),
        ({"subject": None, "summary": 7}, {"subject": "", "summary": ""}),
        ({"read": "yes"}, {"read": False}),
        ({"read": True}, {"read": True}),
        ({"timestampCreated": "yesterday"}, {"timestamp_created": None}),
        ({"timestampCreated": 1772344800000}, {"timestamp_created": CREATED}),
        ({"unheard": {"of": 1}}, {}),
    ],
)
def test_a_member_of_another_type_counts_as_missing(members, shown):
    (message,) = _read_page([HEAD | members])
    expected = {"type": InboxContentType.HTML, "subject": "New statement", "read": False} | shown
    assert {name: getattr(message, name) for name in expected} == expected


def test_an_unusable_message_spoils_only_itself():
    page = _read_page([HEAD, {}, 7, HEAD | {"id": ""}, None, HEAD | {"id": "second"}])
    assert [one.id for one in page] == ["c7a1", "second"]
    assert page.unreadable == 4
    assert page[1].id == page[-1:][0].id == "second"
    assert not page.is_last(6), "a full page may have one after it"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (COUNT, {}),
        (COUNT, {"countUnread": -1}),
        (COUNT, {"countUnread": "2"}),
        (COUNT, {"countUnread": True}),
        (COUNT, 2),
        (LIST, {}),
        (LIST, None),
        (DETAIL, []),
        (DETAIL, HEAD),
        (DETAIL, {"body": "x"}),
    ],
)
def test_nonsense_is_no_answer(world, inbox, path, found):
    world.wire.breaks(path, answers(found))
    calls = {COUNT: inbox.unread_count, LIST: inbox.list, DETAIL: lambda: inbox.detail("c7a1")}
    with pytest.raises(AnswerLost):
        calls[path]()


def test_what_goes_wrong_on_the_way(world, inbox):
    world.wire.breaks(COUNT, refused, times=1)
    with pytest.raises(NotSent):
        inbox.unread_count()
    world.wire.breaks(COUNT, html_page, times=1)
    with pytest.raises(AnswerLost):
        inbox.unread_count()
    world.wire.breaks(COUNT, error(409, "REMOTE_COMMUNICATION_ERROR"))
    assert inbox.unread_count().response_error.code == "REMOTE_COMMUNICATION_ERROR"


def test_arguments_that_can_never_be_right(inbox):
    for wrong in (lambda: inbox.list(-1, 5), lambda: inbox.list(0, 0)):
        with pytest.raises(ValueError, match="pages"):
            wrong()
    for call in (inbox.detail, inbox.mark_read):
        with pytest.raises(ValueError, match="identifier"):
            call("")


def test_a_message_shows_nothing_of_its_text_by_accident():
    shown = repr(_read_detail(HEAD | {"body": "<p>…</p>"}))
    assert "c7a1" in shown
    for said in ("statement", "February", "<p>"):
        assert said not in shown


@given(JSON)
def test_no_answer_breaks_the_reader(source):
    for read in (_read_count, _read_page, _read_detail):
        try:
            read(source)
        except AnswerLost:
            continue
