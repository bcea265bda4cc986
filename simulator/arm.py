"""The tool carried by an arm: PyBullet's KUKA LBR iiwa under position control through inverse kinematics.

Only the tool collides: the arm above it is far enough from the table not to, and so both robots mean the same physics.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from xml.etree import ElementTree

from simulator.base import TOOL_HOME
from simulator.kinematics import BASE, SCALE, reach_joints
from simulator.physics import ARM_FOLDER, Bullet, Pose, Surface, Vector
from simulator.robot import TOOL_COLOUR, TOOL_LENGTH, TOOL_MASS, TOOL_RADIUS, RobotState

JOINTS = 7
FLANGE = 0.045
"""From the frame of the last link to its face, metres before enlargement (mesh of the URDF)."""
LINK_MASS, LINK_INERTIA = 0.05, 0.002
"""Kilograms and kg m^2 of every link: nearly weightless, as under a controller that compensates gravity."""
TORQUES = (30.0, 40.0, 30.0, 30.0, 15.0, 15.0, 15.0)
"""Largest torque of each joint, newton metres: what presses with some 30 N at 0.9 m from the foot."""


class ArmRobot:
    """A vacuum tool on the flange of an arm, pointing straight down wherever it goes.

    Args:
        bullet: the client to add it to.
        tip: where the tip starts, metres.
        visible: whether cameras see the arm; its meshes cost most of the time it takes to load and to render.
    """

    def __init__(self, bullet: Bullet, tip: Vector = TOOL_HOME, *, visible: bool = True) -> None:
        self._bullet = bullet
        foot = Pose(BASE, (0.0, 0.0, 1.0, 0.0))
        self.body: int = bullet.load(_description(visible), foot, SCALE, Surface(0.5))
        self.link: int = JOINTS
        self.links: Sequence[int] = (JOINTS,)
        self.pose_at(tip)

    def pose_at(self, tip: Vector) -> None:
        """Be at ``tip`` at once, at rest."""
        self._bullet.set_joints(self.body, [(angle, 0.0) for angle in reach_joints(tip, TOOL_LENGTH)])

    def tip(self) -> Vector:
        """Return the tool tip, metres, world frame."""
        frame = self.frame()
        x, y, z, w = frame.orientation
        half = TOOL_LENGTH / 2
        down = (2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y))
        cx, cy, cz = frame.position
        return (cx + half * down[0], cy + half * down[1], cz + half * down[2])

    def frame(self) -> Pose:
        """Return the pose of the rod."""
        return self._bullet.link_pose(self.body, self.link)

    def drive(self, target: Vector) -> None:
        """Set where the tip should be at the end of the coming substep, metres."""
        self._bullet.turn_joints(self.body, reach_joints(target, TOOL_LENGTH), TORQUES)

    def state(self) -> RobotState:
        """Return how the joints move."""
        return RobotState((), self._bullet.joints(self.body, JOINTS))

    def restore(self, state: RobotState) -> None:
        """Be again as in ``state``."""
        self._bullet.set_joints(self.body, state.joints)


def unseen_arm(bullet: Bullet, tip: Vector = TOOL_HOME) -> ArmRobot:
    """Return the arm without its looks, for a twin that nobody watches."""
    return ArmRobot(bullet, tip, visible=False)


@lru_cache(maxsize=2)
def _description(visible: bool) -> str:
    """The arm's URDF with light links that touch nothing, with or without meshes, and the tool on its flange."""
    tree = ElementTree.parse(ARM_FOLDER / "model.urdf")
    robot = tree.getroot()
    for link in robot.findall("link"):
        inertial = link.find("inertial")
        if inertial is not None and link.get("name") != "lbr_iiwa_link_0":
            link.remove(inertial)
            link.append(_inertial(LINK_MASS, LINK_INERTIA))
        for part in link.findall("collision") + ([] if visible else link.findall("visual")):
            link.remove(part)
        for mesh in link.iter("mesh"):
            mesh.set("filename", str(ARM_FOLDER / str(mesh.get("filename"))))
    robot.append(_tool())
    joint = ElementTree.SubElement(robot, "joint", name="tool_joint", type="fixed")
    ElementTree.SubElement(joint, "parent", link="lbr_iiwa_link_7")
    ElementTree.SubElement(joint, "child", link="tool")
    middle = FLANGE + TOOL_LENGTH / SCALE / 2
    ElementTree.SubElement(joint, "origin", xyz=f"0 0 {middle}", rpy="0 0 0")
    return ElementTree.tostring(robot, encoding="unicode")


def _inertial(mass: float, inertia: float) -> ElementTree.Element:
    inertial = ElementTree.Element("inertial")
    ElementTree.SubElement(inertial, "origin", xyz="0 0 0", rpy="0 0 0")
    ElementTree.SubElement(inertial, "mass", value=str(mass))
    terms = {"ixx": inertia, "iyy": inertia, "izz": inertia, "ixy": 0.0, "ixz": 0.0, "iyz": 0.0}
    ElementTree.SubElement(inertial, "inertia", {name: str(value) for name, value in terms.items()})
    return inertial


def _tool() -> ElementTree.Element:
    """The rod, before enlargement; its own frame is its centre."""
    tool = ElementTree.Element("link", name="tool")
    tool.append(_inertial(TOOL_MASS, TOOL_MASS * TOOL_LENGTH**2 / 12))
    for use in ("visual", "collision"):
        part = ElementTree.SubElement(tool, use)
        geometry = ElementTree.SubElement(part, "geometry")
        sizes = {"radius": str(TOOL_RADIUS / SCALE), "length": str(TOOL_LENGTH / SCALE)}
        ElementTree.SubElement(geometry, "cylinder", sizes)
        if use == "visual":
            material = ElementTree.SubElement(part, "material", name="tool")
            ElementTree.SubElement(material, "color", rgba=" ".join(map(str, (*TOOL_COLOUR, 1.0))))
    return tool
