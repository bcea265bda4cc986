"""Physics and suction with the tool alone: what is gripped, what is not, what pushes, presses and falls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.base import MAX_STEP, TOOL_HOME, Physics, Thing
from simulator.errors import ActionError
from simulator.shapes import DEFAULT_SIZES
from simulator.tabletop import WORKSPACE, Tabletop
from tests.simulator.driving import carry, cube, perform, shove, way

STILL = np.zeros(4, np.float32)


def position(table: Tabletop, name: str) -> tuple[float, float, float]:
    return next(thing.position for thing in table.state().things if thing.id == name)


def test_a_block_is_picked_up_and_put_on_another() -> None:
    table = Tabletop([cube("a", -0.1, 0.1, yaw=0.3), cube("b", 0.05, -0.05)])
    perform(table.step, carry((-0.1, 0.1, 0.02), 0.04, (0.05, -0.05, 0.06)))
    assert math.dist(position(table, "a"), (0.05, -0.05, 0.06)) < 0.003
    assert min(table.state().upright) > 0.999
    assert table.held is None


def test_the_tool_follows_its_command_to_a_tenth_of_a_millimetre() -> None:
    table = Tabletop([])
    at = np.array(TOOL_HOME)
    for action in way([((-0.2, 0.2, 0.1), 0.0), ((0.1, -0.2, 0.3), 0.0)]):
        table.step(action)
        at = at + action[:3]
        assert np.abs(np.array(table.robot.tip()) - at).max() < 1e-4


def test_actions_are_clipped_to_the_step_and_to_the_workspace() -> None:
    table = Tabletop([])
    table.step(np.array([-9.0, 0.0, 0.0, 0.0], np.float32))
    assert table.robot.tip()[0] == pytest.approx(TOOL_HOME[0] - MAX_STEP, abs=1e-4)
    for _ in range(12):
        table.step(np.array([1.0, 1.0, -1.0, 0.0], np.float32))
    assert np.abs(np.array(table.robot.tip()) - (WORKSPACE, WORKSPACE, 0.004)).max() < 1e-3


@pytest.mark.parametrize("action", [[0, 0, 0], [0, 0, math.nan, 0], [[0, 0, 0, 0]], [0, 0, 0, math.inf]])
def test_an_unusable_action_is_refused(action: list[float]) -> None:
    with pytest.raises(ActionError, match="four finite numbers"):
        Tabletop([]).step(np.array(action, np.float32))


@pytest.mark.parametrize(("aside", "above", "suction", "sealed"), [
    (0.0, 0.004, 1.0, True),
    (0.013, 0.004, 1.0, True),
    (0.019, 0.004, 1.0, False),
    (0.0, 0.012, 1.0, False),
    (0.0, 0.004, 0.4, False),
])  # fmt: skip
def test_suction_seals_only_near_the_middle_of_the_upper_face(
    aside: float, above: float, suction: float, sealed: bool
) -> None:
    table = Tabletop([cube("a", 0.0, 0.0)])
    perform(table.step, way([((aside, 0, 0.1), 0.0), ((aside, 0, 0.04 + above), suction), ((aside, 0, 0.15), suction)]))
    assert (table.held == "a") == sealed
    assert (position(table, "a")[2] > 0.1) == sealed


def test_containers_and_zones_cannot_be_gripped() -> None:
    tray = Thing("t", "tray", "gray", DEFAULT_SIZES["tray"], (0, 0, 0.0125))
    table = Tabletop([tray, Thing("z", "zone", "green", DEFAULT_SIZES["zone"], (0, 0.2, 0.0005))])
    perform(table.step, way([((0, 0, 0.1), 0.0), ((0, 0, 0.008), 1.0), ((0, 0, 0.1), 1.0)]))
    assert table.held is None
    perform(table.step, way([((0, 0.2, 0.1), 1.0), ((0, 0.2, 0.004), 1.0)], start=(0, 0, 0.1)))
    assert table.held is None


def test_a_released_block_falls() -> None:
    table = Tabletop([cube("a", 0.0, 0.0)])
    perform(table.step, way([((0, 0, 0.1), 0.0), ((0, 0, 0.042), 1.0), ((0, 0, 0.2), 1.0)]))
    assert position(table, "a")[2] > 0.15
    for _ in range(6):
        table.step(STILL)
    assert position(table, "a")[2] == pytest.approx(0.02, abs=0.002)


def test_the_closed_tool_pushes_and_says_what_it_touched() -> None:
    table = Tabletop([cube("a", 0.0, 0.0), cube("b", 0.0, 0.15)])
    touched: set[str] = set()
    for action in shove((0.0, 0.0, 0.02), 0.12):
        touched |= table.step(action).tool
    assert touched == {"a"}
    assert position(table, "a")[0] == pytest.approx(0.07 + 0.009 + 0.02, abs=0.01)
    assert position(table, "b") == pytest.approx((0.0, 0.15, 0.02), abs=1e-3)


def test_a_pushed_block_pushes_the_next_and_lateral_contact_of_the_held_is_seen() -> None:
    table = Tabletop([cube("a", -0.1, 0.0), cube("b", 0.1, 0.0)])
    moves = way([((-0.1, 0, 0.1), 0.0), ((-0.1, 0, 0.043), 1.0), ((-0.1, 0, 0.06), 1.0), ((0.08, 0, 0.06), 1.0)])
    met: set[str] = set()
    for action in moves:
        met |= table.step(action).held - {"table"}
    assert met == {"b"}


def test_pressing_is_bounded_and_does_not_wind_up() -> None:
    table = Tabletop([cube("a", 0.0, 0.0)])
    perform(table.step, way([((0, 0, 0.1), 0.0)]))
    forces = [table.step(np.array([0, 0, -0.04, 0], np.float32)).peak_force for _ in range(20)]
    assert 10 < max(forces) < 40
    assert position(table, "a")[2] > 0.015
    table.step(np.array([0, 0, 0.04, 0], np.float32))
    table.step(np.array([0, 0, 0.04, 0], np.float32))
    assert table.robot.tip()[2] > 0.05


@pytest.mark.parametrize("side", [0.03, 0.06])
def test_a_stack_of_five_stands(side: float) -> None:
    things = [cube(f"c{k}", 0.001 * k, 0, side * (k + 0.5), side, yaw=0.3 * k) for k in range(5)]
    table = Tabletop(things)
    for _ in range(30):
        table.step(STILL)
    for before, after in zip(things, table.state().things, strict=True):
        assert math.dist(before.position, after.position) < 0.003


def test_what_leans_on_a_thing_that_is_taken_away_falls() -> None:
    table = Tabletop([cube("a", 0, 0), cube("b", 0, 0, 0.06)])
    for _ in range(10):
        table.step(STILL)
    table.place(cube("a", 0.15, 0))
    for _ in range(5):
        table.step(STILL)
    assert position(table, "b")[2] == pytest.approx(0.02, abs=0.002)


def test_a_ball_rolls_and_stops_and_stays_in_a_bowl() -> None:
    bowl = Thing("bowl", "bowl", "white", DEFAULT_SIZES["bowl"], (0.1, 0.1, 0.02))
    table = Tabletop([bowl, Thing("ball", "ball", "red", DEFAULT_SIZES["ball"], (0.0, -0.1, 0.02))])
    perform(table.step, carry((0.0, -0.1, 0.02), 0.04, (0.1, 0.1, 0.03)))
    for _ in range(20):
        table.step(STILL)
    assert math.dist(position(table, "ball")[:2], (0.1, 0.1)) < 0.035
    assert position(table, "bowl")[:2] == pytest.approx((0.1, 0.1), abs=0.01)


def test_friction_decides_how_far_a_block_slides() -> None:
    ends: list[float] = []
    for friction in (0.2, 0.8):
        table = Tabletop([cube("a", -0.1, 0.0)], physics=Physics(friction=friction))
        moves = way([((-0.1, 0, 0.1), 0.0), ((-0.1, 0, 0.043), 1.0), ((-0.1, 0, 0.047), 1.0), ((0.06, 0, 0.047), 1.0)])
        perform(table.step, moves)
        for _ in range(10):
            table.step(STILL)
        ends.append(position(table, "a")[0])
    assert ends[0] > ends[1] + 0.01


@pytest.mark.parametrize("wait", [0, 7, 22])
def test_a_kept_state_replays_to_the_same_bytes(wait: int) -> None:
    table = Tabletop([cube("a", 0.0, 0.0), cube("b", 0.0, 0.0, 0.06), cube("c", 0.06, 0.0)])
    perform(table.step, way([((0, 0, 0.15), 0.0), ((0, 0, 0.083), 1.0), ((0, 0, 0.12), 1.0)]))
    for _ in range(wait):
        table.step(np.array([0, 0, 0, 1], np.float32))
    kept = table.snapshot()
    rng = np.random.default_rng(wait)
    moves = np.column_stack([rng.uniform(-0.04, 0.04, (30, 3)), rng.random(30) > 0.2]).astype(np.float32)
    runs = []
    for _ in range(2):
        runs.append([(table.step(move), table.state()) for move in moves])
        table.restore(kept)
    assert table.state().held == "b"
    assert runs[0] == runs[1]


def test_restarting_gives_the_first_state_again() -> None:
    table = Tabletop([cube("a", 0.0, 0.0)])
    first = table.state()
    perform(table.step, way([((0, 0, 0.1), 0.0), ((0, 0, 0.043), 1.0), ((0, 0, 0.2), 1.0)]))
    table.restart()
    assert table.state() == first
