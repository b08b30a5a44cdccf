"""SECURITY.md claims nothing that no test holds: what it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
CHAPTERS = range(1, 18)
_FIRST = """
1.1=2 1.2=9 1.3=11 1.4=3 1.5=2 2.1=3 2.2=3 2.3=4 2.4=1 3.2=2 3.3=4 3.4=6 3.5=5 3.7=2 4.1=3
4.2=1 4.3=2 4.4=4 5.1=1 5.2=3 5.3=2 5.4=3 6.1=3 6.2=12 6.3=4 6.4=4 6.5=5 6.6=3 6.8=4 7.1=3
7.2=4 7.3=2 7.4=5 7.5=2 7.6=2 8.1=2 8.2=3 8.3=1 8.4=1 9.1=3 9.2=4 10.1=2 10.2=2 10.3=4 10.4=11
10.5=5 10.6=2 10.7=3 11.1=2 11.2=3 11.3=3 11.4=4 11.5=1 11.6=1 12.1=3 12.2=2 12.3=4 13.1=1
13.2=5 13.3=2 13.4=5 14.1=2 14.2=4 14.3=3 15.1=3 15.2=3 15.3=7 16.1=1 16.2=5 16.3=4 16.4=3
16.5=3 17.1=1 17.2=4 17.3=2
"""
LEVEL_2 = {part: int(count) for part, _, count in (one.partition("=") for one in _FIRST.split())}
"""Of each section of the standard, how many requirements are of level 1 or 2: the first so many."""


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


def test_every_requirement_of_level_2_is_answered_or_named():
    text = section("OWASP ASVS 5.0")
    named = {one for found in re.findall(r"V\d+\.\d+\.\d+(?:–\d+)?", text) for one in spread(found)}
    whole = set(re.findall(r"(V\d+(?:\.\d+)?)(?=[,)])", text))
    assert sum(LEVEL_2.values()) == 253, "as many as the standard has"
    missing = {
        f"V{part}.{number}"
        for part, count in LEVEL_2.items()
        for number in range(1, count + 1)
        if not {f"V{part}.{number}", f"V{part}", f"V{part.partition('.')[0]}"} & (named | whole)
    }
    assert missing == set()


def test_every_answer_says_how_and_names_a_test():
    for requirement, how, test in rows("OWASP ASVS 5.0"):
        assert how, requirement
        is_elsewhere = how == "the operator's" or how.startswith("deviation: ")
        assert test or is_elsewhere, f"{requirement}: which test would notice?"


def spread(identifier: str) -> list[str]:
    """`V1.2.1–3` is three of them."""
    first, _, last = identifier.partition("–")
    head, _, number = first.rpartition(".")
    return [f"{head}.{one}" for one in range(int(number), int(last or number) + 1)]
