"""Words to subgoals: the program schema, its wire form, the embedded parser and the resolver.

The embedded network is a scene-free semantic parser: text becomes a ``Program`` over selectors such as *the leftmost
red block*. A deterministic resolver owns everything that depends on the table: which thing is meant, what is missing,
what is impossible. This room may import ``hybrid.base``, ``hybrid.errors`` and the nouns of ``simulator``; it sees no
image, no simulator and no planner.
"""
