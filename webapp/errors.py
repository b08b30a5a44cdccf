"""The root of all our errors. Imports nothing.

An error carries two things: `message_key`, the name of a text for people, and `str(error)`, a note for
the log. No page ever prints the note. Whoever shows an error to a person looks the key up.
"""

from typing import ClassVar


class AssentError(Exception):
    """Something went wrong that this project knows by name; only its leaves are raised."""

    message_key: ClassVar[str] = ""

    def __init__(self, note: str = "") -> None:
        if not self.message_key:
            raise TypeError(f"{type(self).__name__} is a family of errors: raise one of its leaves")
        super().__init__(note)
