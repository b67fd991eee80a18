"""How a rank that nobody listens to says why it failed: in a line on stderr."""

from typing import Final

LOST_RANK: Final = "somascope: a rank failed: "  # the last word follows, as JSON
