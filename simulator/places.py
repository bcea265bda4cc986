"""The named places of the table, which words and facts such as ``at(red_cube_1, top_left)`` refer to.

Any room may import this page; it knows the nouns of ``simulator.base`` only.
"""

from __future__ import annotations

from typing import Final

PLACE_OFFSET: Final = 0.17
"""Distance of the outer places from the centre along one axis, metres: inside the work area, clear of its edge."""
PLACE_RADIUS: Final = 0.06
"""How far from a named place a thing may stand and still be there, metres."""
POINT_RADIUS: Final = 0.03
"""How far from a point given in metres a thing may stand and still be at it, metres."""

PLACES: Final[dict[str, tuple[float, float]]] = {
    "center": (0.0, 0.0),
    "left": (0.0, PLACE_OFFSET),
    "right": (0.0, -PLACE_OFFSET),
    "top": (PLACE_OFFSET, 0.0),
    "bottom": (-PLACE_OFFSET, 0.0),
    "top_left": (PLACE_OFFSET, PLACE_OFFSET),
    "top_right": (PLACE_OFFSET, -PLACE_OFFSET),
    "bottom_left": (-PLACE_OFFSET, PLACE_OFFSET),
    "bottom_right": (-PLACE_OFFSET, -PLACE_OFFSET),
}
"""Place names and their ``(x, y)`` in metres, world frame: top is far from the viewer (+x), left is +y."""


_EDGES: Final = {
    "center": "the center of the table",
    "left": "the left edge of the table",
    "right": "the right edge of the table",
    "top": "the back of the table",
    "bottom": "the front of the table",
}


def place_words(name: str) -> str:
    """Return how people say the place ``name``: ``the top left corner``, ``the back of the table``."""
    if name in _EDGES:
        return _EDGES[name]
    return f"the {name.replace('_', ' ')} corner"
