"""Perception and the JEPA world model: object tokens, two-level predictors, read-outs, energies, training, checkpoints.

May import the simulator's nouns (``simulator.base``, ``simulator.errors``) only. It never sees a running simulator:
data reach it as recorded arrays.
"""
