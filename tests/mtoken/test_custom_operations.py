"""The page about operations of one's own: its example is run as it stands."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/custom-operations.md"


def test_the_example_runs_and_prints_what_the_page_says(capsys):
    page = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (said,) = re.findall(r"^It prints `(\w+)`\.$", page, re.MULTILINE)
    exec(compile(example, PAGE.name, "exec"), {"__name__": "example"})
    assert capsys.readouterr().out.strip() == said
