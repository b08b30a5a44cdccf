"""The framework's ceiling: a bare Flask page of so many bytes, out of a compiled template.

`/12345` answers with 12,345 bytes. Nothing is looked up, checked, translated, logged or remembered.
"""

from flask import Flask, render_template_string

# 48 bytes without the text between the tags.
_PAGE = "<!doctype html><title>bare</title><p>{{ text }}</p>"
_FRAME_BYTES = len(_PAGE) - len("{{ text }}")

app = Flask(__name__)


@app.route("/<int:size>", methods=["GET", "POST"])
def page(size: int) -> str:
    """A page of this many bytes."""
    return render_template_string(_PAGE, text="x" * (size - _FRAME_BYTES))
