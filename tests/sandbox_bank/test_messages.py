"""Somebody at the bank writes to a customer, and sees what was read."""

import pytest

FORM = "/sandbox/users/Alice/messages"


def test_a_message_is_written(teller, backend):
    page = teller.opens("/sandbox/users/Alice").follows("Send a message")
    assert page.heading == "Send a message"
    after = page.submits(
        "/messages", type="html", subject="Žluťoučký <kůň>", summary="", body="<p>a\r\n\tb</p>"
    )
    assert after.heading == "Alice"
    assert "Žluťoučký <kůň> Unread HTML" in after.words
    (message,) = backend.written_to("Alice", 10)
    assert (message.type, message.subject) == ("html", "Žluťoučký <kůň>")
    assert (message.summary, message.body) == ("", "<p>a\n b</p>")


def test_the_example_can_be_sent_as_it_is(teller, backend):
    teller.opens(FORM).submits("/messages", type="text")
    (message,) = backend.written_to("Alice", 10)
    assert message.type == "text"
    assert message.body.startswith("Good day,\n\n")
    assert backend.written_to("Bob", 10) == []


def test_the_bank_sees_what_was_read_and_when(teller, backend, clock):
    teller.opens(FORM).submits("/messages", type="text")
    assert "Unread" in teller.opens("/sandbox/users/Alice").words
    clock.advance(3600)
    with backend._surroundings.store.write() as transaction:
        transaction.execute("UPDATE inbox_message SET read_ms = ?", (clock.now_ms(),))
    words = teller.opens("/sandbox/users/Alice").words
    assert "Unread" not in words
    assert "read: Mar 2, 2026, 9:15:00" in words.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"type": "pdf"}, "type", "Choose what the message is written in."),
        ({"subject": " "}, "subject", "A message needs this."),
        ({"subject": "x" * 201}, "subject", "200 characters are the most"),
        ({"summary": "x" * 501}, "summary", "500 characters are the most"),
        ({"body": ""}, "body", "A message needs this."),
        ({"body": "x" * 5001}, "body", "5000 characters are the most"),
        ({"subject": "two\nlines\x07"}, "subject", "control characters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_sent(
    teller, backend, changed, field, said
):
    page = teller.opens(FORM).submits("/messages", **{"type": "text", **changed})
    assert page.status == 422
    assert page.words.count(said) == 2, "on top and beside the field"
    assert f'id="{field}-error"' in page.text
    assert backend.written_to("Alice", 10) == []


def test_a_customer_who_cannot_be_gets_no_message(teller):
    assert teller.opens("/sandbox/users/<script>/messages").status == 404
    assert teller.opens("/sandbox/users/.b/messages").status == 404
