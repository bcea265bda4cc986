"""Search: proposals, update rules, two-level propose-imagine-select, the seam to the world model.

May import ``world_model`` and the simulator's nouns. It never sees a running simulator nor a word of language.
"""
