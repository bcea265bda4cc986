"""The root of the project's exception tree; ``hybrid.errors`` draws it whole.

Every error names the noun that failed (``field``) and what to do about it (``remedy``).
"""

from __future__ import annotations


class HybridError(Exception):
    """Base of everything this project raises on purpose.

    Args:
        field: what was wrong, named as the user knows it (``instruction``, ``scene.things[2].size``).
        problem: what is wrong with it, in one clause.
        remedy: what the user can do about it.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem}. {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[HybridError], tuple[str, str, str]]:
        """Cross process borders whole: pickling by message alone would lose the parts."""
        return type(self), (self.field, self.problem, self.remedy)


class SceneError(HybridError):
    """A scene cannot be used: malformed, overlapping, out of area, unknown kind or version."""


class ActionError(HybridError):
    """An action has the wrong shape or is not finite."""
