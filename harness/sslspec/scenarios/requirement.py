"""What a scenario's docstring says to users; shared by those who collect scenarios and those who only list them."""

import re


def requirement(docstring: str) -> str:
    """The requirement: a docstring's first sentence, on one line."""
    paragraph = " ".join(docstring.strip().partition("\n\n")[0].split())
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`(])", paragraph)[0]
