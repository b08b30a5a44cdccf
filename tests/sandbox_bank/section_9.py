"""The ten operations of mobile-token-api.md, section 9, as the document prints them: one object a line."""

import json
from pathlib import Path

OPERATIONS = [
    json.loads(line) for line in Path(__file__).with_name("section_9.jsonl").read_text("utf-8").splitlines()
]
NAMES = [one["templateName"] for one in OPERATIONS]
