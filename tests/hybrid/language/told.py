"""Some of the sayings, for tests that would take long over all of them."""

from __future__ import annotations

import random

from hybrid.language.sayings import Saying, all_sayings


def some_sayings(count: int = 2500) -> list[Saying]:
    """Return ``count`` sayings, the same every time."""
    return random.Random(0).sample(all_sayings(), count)
