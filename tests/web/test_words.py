"""Every error, every outcome and every text has its words, in every language."""

import importlib
import itertools
import pkgutil
import re
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import webapp
from webapp.errors import AssentError
from webapp.flows.demands import Obstacle
from webapp.flows.outcome import Action, Outcome, OutcomeKind
from webapp.mtoken.operation import RejectionReason
from webapp.powerauth.errors import CodeRule
from webapp.web import messages, operation_words, outcome_words
from webapp.web.errors import STATUS
from webapp.web.field_words import FIELDS

ROOT = Path(__file__).parents[2]
CATALOGS = sorted((ROOT / "webapp/translations").glob("*/LC_MESSAGES/messages.po"))
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "lazy_ngettext": (1, 2)}
METHODS = [("webapp/**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"extensions": "webapp.web.once.Once", "silent": "false"}}
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def error_keys() -> set[str]:
    """The keys of all errors, but for the sandbox's: those end as answers of the bank, never as pages."""
    for module in pkgutil.walk_packages(webapp.__path__, "webapp."):
        if not module.name.startswith(("webapp.sandbox", "webapp.custody.migrations")):
            importlib.import_module(module.name)
    return {
        error.message_key
        for error in _family(AssentError)
        if error.message_key
        and error.__module__.startswith("webapp.")
        and ".sandbox." not in error.__module__
    }


def _family(error: type[AssentError]) -> set[type[AssentError]]:
    return {error}.union(*(_family(child) for child in error.__subclasses__()))


def outcome(kind: OutcomeKind, action: Action, still_waiting: bool | None) -> Outcome:
    return Outcome(kind=kind, action=action, operation_id="x", title="", at_ms=0, still_waiting=still_waiting)


def used_in_the_source() -> set[str]:
    """The texts of code and templates; of plurals, the singular."""
    found = extract_from_dir(ROOT, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=())
    return {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}


def catalog(path: Path):
    language = path.parts[-3]
    return read_po(BytesIO(path.read_bytes()), locale=language)


def test_every_error_has_its_words():
    assert error_keys() <= set(messages.PAGES) | set(FIELDS)


@pytest.mark.parametrize("rule", CodeRule)
def test_every_rule_of_an_activation_code_has_its_words(rule):
    assert f"activation.code.{rule.name.lower()}" in FIELDS


def test_every_status_belongs_to_a_page():
    assert set(STATUS) <= set(messages.PAGES)
    assert all(status >= HTTPStatus.BAD_REQUEST for status in STATUS.values())


@pytest.mark.parametrize("kind", OutcomeKind)
def test_every_outcome_has_its_words_and_its_status(app, kind):
    assert kind in outcome_words.STATUS
    for action, waiting in itertools.product(Action, (True, False, None)):
        said = outcome_words.words(outcome(kind, action, waiting))
        with app.test_request_context():
            assert all(str(text) for text in (said.title, said.text, said.advice))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("waiting", [True, False, None])
def test_an_unknown_outcome_claims_nothing(app, action, waiting):
    unknown = outcome(OutcomeKind.UNKNOWN, action, waiting)
    said = outcome_words.words(unknown)
    with app.test_request_context():
        text = f"{said.title} {outcome_words.about_the_answer(unknown)} {said.text}".lower()
    for claim in ("was approved", "was rejected", "nothing was", "failed", "not approved"):
        assert claim not in text


@pytest.mark.parametrize("kind", OutcomeKind)
def test_a_refused_rejection_never_speaks_of_a_pin(app, kind):
    said = outcome_words.words(outcome(kind, Action.REJECT, None))
    with app.test_request_context():
        assert "PIN" not in f"{said.title} {said.text} {said.advice}"


def test_every_obstacle_and_every_reason_has_its_words():
    assert set(operation_words.OBSTACLES) == set(Obstacle)
    assert {reason for reason, _ in operation_words.REASONS} == set(RejectionReason)


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_a_catalog_has_every_text_and_nothing_else(path):
    known = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalog(path) if entry.id}
    used = used_in_the_source()
    assert used - known == set(), "run `make messages` and translate"
    assert known - used == set(), "run `make messages`"


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_every_text_is_translated(path):
    book = catalog(path)
    assert not book.fuzzy, "without its header, a catalog is not compiled"
    for entry in book:
        if not entry.id:
            continue
        assert not entry.fuzzy, f"{entry.id} is only a guess"
        texts = [entry.string] if isinstance(entry.string, str) else entry.string
        plurals = book.num_plurals if entry.pluralizable else 1
        assert len(texts) == plurals
        assert all(text.strip() for text in texts), f"{entry.id} is missing"
        wanted = set(PLACEHOLDER.findall(entry.id if isinstance(entry.id, str) else entry.id[1]))
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) == wanted, f"{entry.id}: other placeholders"


def test_the_site_speaks_czech():
    assert "cs" in {path.parts[-3] for path in CATALOGS}
