"""What is usual on a platform: settings with a source, never constants buried in a detector.

Shipped values are guesses until a platform's own history replaces them.
"""

import msgspec


class Rates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Usual rates; every one is a guess until it is learned from history."""
