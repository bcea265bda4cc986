"""Small tables for the tests of the language room."""

from __future__ import annotations

from simulator.base import Kind, Scene, Thing

SIZES: dict[str, tuple[float, float, float]] = {
    "bowl": (0.11, 0.11, 0.05),
    "tray": (0.14, 0.14, 0.03),
    "zone": (0.12, 0.12, 0.002),
}


def table(*rows: tuple[str, Kind, float, float] | tuple[str, Kind, float, float, float]) -> Scene:
    """A scene of 4 cm things from (colour, kind, x, y[, height of the lower face])."""
    things: list[Thing] = []
    for colour, kind, x, y, *bottom in rows:
        size = SIZES.get(kind, (0.04, 0.04, 0.04))
        number = 1 + sum((t.colour, t.kind) == (colour, kind) for t in things)
        z = (bottom[0] if bottom else 0.0) + size[2] / 2
        things.append(Thing(f"{colour}_{kind}_{number}", kind, colour, size, (x, y, z)))
    return Scene("test", tuple(things))
