"""Fair comparison: arms that attempt the same tasks with the same executor, the runner that pairs them, the statistics.

May import everything in ``hybrid`` but the CLI. It does not know how an arm plans: it scores the true final state.
"""
