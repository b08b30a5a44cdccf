"""Every story, whole: what is secret in it stands in no log and in no address, whatever goes wrong."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.catalogue import answer_lost, login_page
from tests.faults.day import COOKIES, Day, Evening, first_day, next_day
from tests.faults.stories import STORIES
from tests.faults.wire import Fault, is_signed
from tests.support.browser import NotThere
from webapp.mtoken.transport import Request

SECRET_FIELDS = {
    "pin",
    "pin_again",
    "old",
    "code",
    "puk",
    "passkey",
    "proof",
    "snapshot",
    "note",
    "csrf_token",
}
SIGNING = ("X-PowerAuth-Authorization", "X-PowerAuth-Token")
FAULTS: dict[str, Fault | None] = {"well": None, "lost": answer_lost, "another page": login_page}


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return first_day(tmp_path_factory.mktemp("first-day"))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", STORIES)
def test_no_secret_of_a_story_is_told(
    name: str, fault: str, evening: Evening, tmp_path: Path, log_lines
) -> None:
    typed: set[str] = set()
    with next_day(evening, tmp_path / "day") as day:
        posts = day.alice.browser.posts

        def watched(path: str, fields: dict[str, str]):
            typed.update(value for field, value in fields.items() if field in SECRET_FIELDS)
            return posts(path, fields)

        day.alice.browser.posts = watched  # type: ignore[method-assign]
        if struck := FAULTS[fault]:
            day.wire.strikes(struck, first_signed(name, evening, tmp_path))
        with suppress(NotThere):
            STORIES[name](day)
        secrets = {*typed, *carried(day.wire.requests), *cookies(day)} - {""}
        addresses = [page.url for page in day.alice.browser.pages] + [one.url for one in day.wire.requests]
    lines = log_lines.getvalue()
    assert '"event": "request"' in lines, "the story was logged"
    assert len(secrets) > len(COOKIES) or struck
    told = "\n".join([lines, *addresses])
    for secret in secrets:
        assert not re.search(rf"(?<![\w.]){re.escape(secret)}(?!\w)", told), f"{name}: {secret[:8]}… is told"


def first_signed(name: str, evening: Evening, tmp_path: Path) -> int:
    """The exchange that matters most, counted from 0; of a story that signs nothing the first."""
    with next_day(evening, tmp_path / "before") as day:
        STORIES[name](day)
        return next((at for at, request in enumerate(day.wire.requests) if is_signed(request)), 0)


def cookies(day: Day) -> set[str]:
    return {day.alice.browser.cookie(name) or "" for name in COOKIES}


def carried(requests: list[Request]) -> Iterator[str]:
    """Signatures and proofs of tokens, and whatever the bank was told about an operation."""
    for request in requests:
        for header in SIGNING:
            yield from re.findall(r'(?:signature|digest)="([^"]+)"', request.headers.get(header, ""))
        with suppress(ValueError):
            told = json.loads(request.body).get("requestObject") or {}
            yield from (str(told[part]) for part in ("data", "mobileTokenData") if told.get(part))
