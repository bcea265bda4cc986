"""Nouns of the physical world, shared by every room above.

Letters used for array shapes in this package:

* ``V`` camera views, ``H`` and ``W`` image rows and columns,
* ``T`` control steps, ``A`` = 4 action components, ``P`` = 5 proprioceptive readings.

Units are SI, the frame is the world frame: z up, the table top at z = 0, x runs away from the viewer (the top
of the picture is +x) and y to the viewer's left. The work area is 0.5 m x 0.5 m centred on the origin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, cast, get_args

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
ByteArray = NDArray[np.uint8]

Kind = Literal["cube", "cylinder", "ball", "bowl", "tray", "zone"]
KINDS: tuple[Kind, ...] = ("cube", "cylinder", "ball", "bowl", "tray", "zone")
CONTAINERS: frozenset[Kind] = frozenset({"bowl", "tray"})
MOVABLE: frozenset[Kind] = frozenset({"cube", "cylinder", "ball"})

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.85, 0.10, 0.10),
    "green": (0.10, 0.60, 0.15),
    "blue": (0.10, 0.25, 0.85),
    "yellow": (0.95, 0.85, 0.10),
    "orange": (0.95, 0.50, 0.05),
    "purple": (0.50, 0.15, 0.65),
    "pink": (0.98, 0.55, 0.72),
    "cyan": (0.10, 0.80, 0.85),
    "brown": (0.42, 0.24, 0.10),
    "white": (0.95, 0.95, 0.95),
    "black": (0.08, 0.08, 0.08),
    "gray": (0.50, 0.50, 0.52),
}
"""Everyday colour names and their linear RGB in [0, 1]; the order is the class order of perception."""

WORK_HALF_WIDTH = 0.25
"""Half the side of the square work area, metres."""
CONTROL_PERIOD = 0.1
"""Seconds a control step lasts."""
MAX_STEP = 0.04
"""Largest tool displacement along one axis in one control step, metres (DESIGN: at most 4 cm a step)."""
TOOL_HOME = (0.24, 0.0, 0.30)
"""Where the tool tip starts, metres: at the far edge and high, so that it hides little of the table."""
TOOL_CEILING = 0.40
"""Highest tool tip position, metres."""
SCENE_VERSION = 1


@dataclass(frozen=True)
class Thing:
    """One thing on the table, as declared by a scene, as simulated, or as perceived.

    Attributes:
        id: ``<colour>_<kind>_<k>``, k counting from 1 in the scene's order.
        kind: one of ``KINDS``.
        colour: a key of ``COLOURS``.
        size: full extents along the thing's own axes, metres; a cylinder's are (diameter, diameter, height).
        position: centre of the extents in the world frame, metres.
        yaw: rotation about z, radians.
    """

    id: str
    kind: Kind
    colour: str
    size: tuple[float, float, float]
    position: tuple[float, float, float]
    yaw: float = 0.0

    @property
    def top(self) -> float:
        """Height of the upper face above the table, metres."""
        return self.position[2] + self.size[2] / 2

    @property
    def bottom(self) -> float:
        """Height of the lower face above the table, metres."""
        return self.position[2] - self.size[2] / 2


@dataclass(frozen=True)
class Scene:
    """A table of things; what a scene file holds and what perception believes are both this noun."""

    name: str
    things: tuple[Thing, ...]
    version: int = SCENE_VERSION

    def thing(self, thing_id: str) -> Thing:
        """Return the thing called ``thing_id``; raises ``KeyError`` when the scene has none of that id."""
        for thing in self.things:
            if thing.id == thing_id:
                return thing
        raise KeyError(thing_id)


@dataclass(frozen=True)
class Camera:
    """A pinhole camera; stored with every checkpoint because another camera breaks a learned model.

    Attributes:
        name: ``overhead``, ``oblique`` or a presentation view's name.
        eye, target: metres, world frame.
        up: direction of the picture's top.
        fov: vertical field of view, degrees.
        width, height: pixels.
    """

    name: str
    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    up: tuple[float, float, float]
    fov: float
    width: int
    height: int

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Camera:
        """Return the camera that was written as JSON, where tuples become lists."""
        eye, target, up = (cast("tuple[float, float, float]", tuple(record[name])) for name in ("eye", "target", "up"))
        return cls(record["name"], eye, target, up, record["fov"], record["width"], record["height"])


@dataclass(frozen=True)
class Observation:
    """What a planner may see: images and proprioception, nothing else.

    Attributes:
        rgb: ``[V, H, W, 3]`` uint8.
        elevation: ``[V, H, W]`` uint8, height above the table of the surface seen in each pixel, millimetres,
            clipped to [0, 255]; from the depth image and the calibrated camera.
        proprioception: ``[P]`` float32: tool tip x, y, z (metres), suction command (0 or 1), vacuum seal (0 or 1,
            the pressure sensor of the gripper).
        step: control steps since reset.
    """

    rgb: ByteArray
    elevation: ByteArray
    proprioception: FloatArray
    step: int


@dataclass(frozen=True)
class WorldState:
    """True state; for scoring, labels and replays only, never an input of planning.

    Attributes:
        things: every thing at its true pose.
        upright: for each thing, cosine between its own z axis and the world's.
        tool: tool tip, metres.
        held: id of the thing sealed to the tool, or None.
    """

    things: tuple[Thing, ...]
    upright: tuple[float, ...]
    tool: tuple[float, float, float]
    held: str | None


@dataclass(frozen=True)
class Physics:
    """Physical constants of a world, so that the acted-on world can be made unlike the twin on purpose.

    Attributes:
        friction: lateral friction coefficient of things and table.
        mass_scale: factor on every thing's mass.
        latency: control steps by which actions arrive late.
        camera_noise: standard deviation of pixel noise, 8-bit units.
        camera_shift: displacement of the camera eye, metres.
        slip: probability a control step that the vacuum fails for it.
        release_noise: standard deviation of the horizontal displacement of what is let go of, along each axis, metres.
    """

    friction: float = 0.6
    mass_scale: float = 1.0
    latency: int = 0
    camera_noise: float = 0.0
    camera_shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    slip: float = 0.0
    release_noise: float = 0.0


@dataclass(frozen=True)
class Moved:
    """Somebody moves a thing once, as soon as it stands free on the table.

    Attributes:
        step: control steps since reset before which it does not happen.
        thing: its id.
        offset: horizontal displacement, metres; turned aside where something is in the way.
    """

    step: int
    thing: str
    offset: tuple[float, float]


@dataclass(frozen=True)
class Slipped:
    """The vacuum fails once for one control step, when a thing has been carried for so many."""

    carried: int


Disturbance = Moved | Slipped
"""What happens to a world once while it is acted on."""


Relation = Literal[
    "on",
    "in",
    "at",
    "left_of",
    "right_of",
    "in_front_of",
    "behind",
    "next_to",
    "between",
    "apart",
    "clear",
    "line",
    "held",
]
RELATIONS: tuple[Relation, ...] = get_args(Relation)


@dataclass(frozen=True)
class Fact:
    """A relation that holds or should hold, over thing ids; ``at`` takes a place name or two metres.

    Examples: ``Fact("on", ("red_cube_1", "blue_cube_1"))``, ``Fact("at", ("red_cube_1", 0.1, -0.05))``,
    ``Fact("at", ("red_cube_1", "top_left"))``, ``Fact("line", ("a", "b", "c"))``.
    """

    relation: Relation
    arguments: tuple[str | float, ...]

    def as_list(self) -> list[str | float]:
        """Return ``[relation, *arguments]``, the form of the machine-readable contracts."""
        return [self.relation, *self.arguments]


Manner = Literal["any", "pick", "push"]


@dataclass(frozen=True)
class Subgoal:
    """One step of a task: facts that must hold together, said in words, and what must be left alone.

    Attributes:
        facts: all must hold at the end of the subgoal.
        words: the subgoal in plain words, for people and logs.
        keep: ids of things that must not move.
        manner: whether the way of moving was asked for (``push``).
    """

    facts: tuple[Fact, ...]
    words: str = ""
    keep: tuple[str, ...] = ()
    manner: Manner = "any"


@dataclass(frozen=True)
class Verdict:
    """What the physics check says of a plan.

    Attributes:
        accepted: the subgoal held at the end and nothing forbidden happened.
        code: ``accepted``, ``unmet``, ``collision``, ``toppled``, ``out_of_reach``, ``moved``, ``dropped``.
        reason: one sentence a person and a language model can read.
        step: control step at which the reason arose, or None.
        margin: signed distance to satisfaction, metres; >= 0 when every fact holds.
        peak_force: largest contact force on the tool, newtons.
        gap: largest distance between imagined and simulated final positions, metres.
        final: the simulated final scene.
    """

    accepted: bool
    code: str
    reason: str
    step: int | None
    margin: float
    peak_force: float
    gap: float
    final: tuple[Thing, ...] = field(default=(), repr=False)


class World(Protocol):
    """Something one can act on: the PyBullet world here, a real robot or another simulator elsewhere."""

    def reset(self, seed: int) -> Observation:
        """Start over from the scene; the same seed gives the same bytes."""
        ...

    def observe(self) -> Observation:
        """Return what the cameras and the robot sense now."""
        ...

    def step(self, action: FloatArray) -> FloatArray:
        """Apply ``[A]`` = (dx, dy, dz in metres, suction in [0, 1]) for one control step.

        Return proprioception ``[P]``.
        """
        ...

    def state(self) -> WorldState:
        """Return the true state, for scoring only."""
        ...

    def close(self) -> None:
        """Release the simulator or the robot."""
        ...
