"""docs/errors.md shows for every error what it means, and is what the code does."""

from pathlib import Path

import pytest
from flask_babel import force_locale

from webapp.flows.errors import BackendUnavailable
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.flows.refusals import CODES, FAILURES, Ask
from webapp.mtoken import errors
from webapp.mtoken.response import KnownRestApiError
from webapp.web import outcome_words
from webapp.web.errors import STATUS
from webapp.web.messages import PAGES

DOCUMENT = Path(__file__).parents[2] / "docs/errors.md"
KEYS_OF_FAILURES = {
    errors.NotSent: errors.NotSent.message_key,
    errors.AnswerLost: errors.AnswerLost.message_key,
    errors.RefusedByServer: BackendUnavailable.message_key,
}


def outcome(kind: OutcomeKind) -> Outcome:
    return Outcome(kind=kind, action=Action.APPROVE, operation_id="x", title="", at_ms=0)


def when_reading(kind: OutcomeKind | Ask, key: str) -> str:
    if isinstance(kind, Ask):
        return f"*ask the {kind}* | | "
    if kind is OutcomeKind.UNAVAILABLE:
        return f"`{key}` | {STATUS[key].value} | `{PAGES[key].way}`"
    return as_outcome(kind)


def when_deciding(kind: OutcomeKind | Ask) -> str:
    return f"*ask the {kind}* | | " if isinstance(kind, Ask) else as_outcome(kind)


def as_outcome(kind: OutcomeKind) -> str:
    return f"`{kind}` | {outcome_words.STATUS[kind].value} | `{outcome_words.words(outcome(kind)).way}`"


def table_of_errors() -> list[str]:
    rows = [(code.value, meaning, "server.unavailable") for code, meaning in CODES.items()]
    rows += [(failure.__name__, meaning, KEYS_OF_FAILURES[failure]) for failure, meaning in FAILURES.items()]
    return [
        f"| `{name}` | {when_reading(meaning.reading, key)} | {when_deciding(meaning.deciding)} |"
        for name, meaning, key in rows
    ]


def table_of_outcomes() -> list[str]:
    with force_locale("en"):
        return [
            f"| `{kind}` | {outcome_words.words(outcome(kind)).title} "
            f"| {outcome_words.STATUS[kind].value} | `{outcome_words.words(outcome(kind)).way}` |"
            for kind in OutcomeKind
        ]


def test_every_code_and_every_failure_has_its_row():
    assert set(CODES) == set(KnownRestApiError)
    assert set(FAILURES) == set(KEYS_OF_FAILURES)


@pytest.mark.parametrize("table", [table_of_errors, table_of_outcomes])
def test_the_document_shows_the_table(app, table):
    documented = DOCUMENT.read_text(encoding="utf-8")
    with app.test_request_context():
        missing = [row for row in table() if row not in documented]
    assert not missing, "\n".join(missing)
