"""How this program names itself, and the browser for which it speaks.

Source: mobile-token-api.md, section 1.1; wultra/enrollment-server, RequestContextConverter.
"""

import platform
from functools import lru_cache
from typing import Final

VERSION: Final = "0.1.0"
USER_AGENT: Final = f"Assent/{VERSION} (python/{platform.python_version()}; {platform.system()})"
LONGEST: Final = 200

_NO_CHARACTER: Final = "?"
_BRACKETS: Final = str.maketrans("()\\", "[]/")


# A browser says the same with every request, and many browsers say it.
@lru_cache(maxsize=128)
def user_agent_for(visitor: str | None) -> str:
    """Our own name, and the visitor's in a comment behind it, where that is a harmless text.

    A server takes what names a PowerAuth library for the name and the version of a phone: a visitor who
    says so is not repeated. Brackets would end the comment.
    """
    if not visitor or "powerauth" in visitor.lower():
        return USER_AGENT
    plain = "".join(one if " " <= one <= "~" else _NO_CHARACTER for one in visitor[:LONGEST])
    return f"{USER_AGENT} (for {plain.translate(_BRACKETS)})"
