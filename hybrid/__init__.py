"""Where language meets latent: decomposition, grounding, physics check, the graph, the store, evaluation and the CLI.

May import every room but ``api``. Concrete backends are chosen in ``hybrid.bootstrap`` alone.
"""
