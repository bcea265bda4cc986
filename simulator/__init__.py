"""The physical world: scenes, PyBullet, the robot, cameras, predicates, the world one acts on, the twin one checks in.

Imports none of the other rooms and no torch. It does not know that anything is planned, learned or said.
"""
