"""SECURITY.md claims nothing that no test holds: what it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
CHAPTERS = range(1, 18)


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {title!r}"
    return found[1]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:] if line != lines[0]]


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`([\w/]+\.py)`", section("OWASP ASVS 5.0"))
    assert len(named) > 60
    missing = {path for path in named if not (ROOT / "tests" / path).is_file()}
    assert not missing


def test_every_document_that_is_named_is_there():
    named = set(re.findall(r"docs/[\w-]+\.md", DOCUMENT))
    assert {path for path in named if not (ROOT / path).is_file()} == set()


def test_every_chapter_of_the_standard_is_spoken_of():
    spoken_of = {int(number) for number in re.findall(r"\bV(\d+)[.)–,]", section("OWASP ASVS 5.0"))}
    assert spoken_of == set(CHAPTERS)


def test_no_requirement_is_answered_twice():
    answered = [
        identifier
        for row in rows("OWASP ASVS 5.0")
        for identifier in re.findall(r"V\d+\.\d+\.\d+(?:–\d+)?", row[0])
    ]
    single = [one for text in answered for one in spread(text)]
    assert len(single) == len(set(single)), sorted({one for one in single if single.count(one) > 1})


def test_articles_4_and_5_are_answered_point_by_point():
    articles = [row[0] for row in rows("PSD2: strong customer authentication")]
    assert articles == [
        *("4(1)", "4(2)(a)", "4(2)(b)", "4(2)(c)", "4(3)(a)", "4(3)(b)", "4(3)(c)", "4(3)(d)", "4(4)"),
        *("5(1)(a)", "5(1)(b)", "5(1)(c)", "5(1)(d)", "5(2)(a)", "5(2)(b)", "5(3)(a)", "5(3)(b)"),
    ]


def spread(identifier: str) -> list[str]:
    """`V1.2.1–3` is three of them."""
    first, _, last = identifier.partition("–")
    head, _, number = first.rpartition(".")
    return [f"{head}.{one}" for one in range(int(number), int(last or number) + 1)]
