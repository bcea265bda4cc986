"""Everything this project raises on purpose.

::

    HybridError                      field, problem, remedy
    ├── SceneError                   a scene is malformed, overlapping, out of area, of an unknown kind or version
    ├── ActionError                  an action has the wrong shape or is not finite
    ├── CheckpointError              a checkpoint is missing, damaged or made for something else
    ├── PerceptionError              a thing cannot be perceived
    ├── InstructionError             an instruction is empty, too long or not text
    ├── LanguageError                a language backend is missing, unreachable or answers nonsense
    ├── ConfigError                  a setting is unknown or unsafe
    ├── BudgetError                  time or tries ran out before an answer was found
    ├── StoreError                   the database or the artifact folder cannot be used
    │   ├── StoreLockedError         another process holds the database
    │   ├── StoreFullError           no room is left on the disk
    │   ├── StoreReadOnlyError       the database or its folder cannot be written
    │   ├── StoreSchemaError         the database comes from a newer or an unknown version
    │   ├── StoreMissingError        the database, or an artifact it names, is not there
    │   ├── StoreCorruptError        the file is no database, or an artifact is not what was stored
    │   ├── EpisodeNotFoundError     no episode has that id
    │   └── EpisodeStateError        an episode is not in the state in which this can be done
    ├── ServiceProblemError          the service, asked over HTTP, refused or failed
    ├── MemoryRefusedError           something cannot be remembered
    ├── MemoryNotFoundError          nothing remembered has that id
    ├── AccessError                  somebody asks for what is not theirs to ask
    │   ├── KeyRefusedError          no key was shown, or one that is not good
    │   ├── ScopeError               a key does not allow this
    │   └── RateError                too much was asked in too short a time
    └── TaskError                    a task cannot be taken, found or changed
        ├── TaskNotFoundError        no task has that id
        ├── TaskConflictError        an idempotency key was used before for another request
        ├── TaskStateError           a task is not in the state that was meant
        ├── PlanChangedError         what would be done is no longer what was approved
        ├── LeaseLostError           a worker writes in the name of a task that was given to another
        ├── QueueFullError           too many tasks are waiting
        └── ServiceStoppingError     the service takes no more tasks

Errors of the lower rooms are defined in ``simulator.errors`` and ``world_model.errors``; all can be imported from here.
The api maps this tree to status codes in ``api.problems``.
"""

from __future__ import annotations

from simulator.errors import ActionError, HybridError, SceneError
from world_model.errors import CheckpointError, PerceptionError

__all__ = [
    "AccessError",
    "ActionError",
    "BudgetError",
    "CheckpointError",
    "ConfigError",
    "EpisodeNotFoundError",
    "EpisodeStateError",
    "HybridError",
    "InstructionError",
    "KeyRefusedError",
    "LanguageError",
    "LeaseLostError",
    "MemoryNotFoundError",
    "MemoryRefusedError",
    "PerceptionError",
    "PlanChangedError",
    "QueueFullError",
    "RateError",
    "SceneError",
    "ScopeError",
    "ServiceProblemError",
    "ServiceStoppingError",
    "StoreCorruptError",
    "StoreError",
    "StoreFullError",
    "StoreLockedError",
    "StoreMissingError",
    "StoreReadOnlyError",
    "StoreSchemaError",
    "TaskConflictError",
    "TaskError",
    "TaskNotFoundError",
    "TaskStateError",
]


class InstructionError(HybridError):
    """An instruction is empty, too long or not text."""


class LanguageError(HybridError):
    """A language backend is missing, unreachable, or gave an answer that could not be repaired."""


class ConfigError(HybridError):
    """A setting is unknown, contradictory or unsafe."""


class BudgetError(HybridError):
    """Time, candidates or tries ran out before an answer was found."""


class StoreError(HybridError):
    """The database or the artifact folder cannot be used."""


class StoreLockedError(StoreError):
    """Another process holds the database longer than we are willing to wait."""


class StoreFullError(StoreError):
    """The disk that holds the database or the artifacts has no room left."""


class StoreReadOnlyError(StoreError):
    """The database or the artifact folder cannot be written."""


class StoreSchemaError(StoreError):
    """The database was written by a newer or an unknown version of this project."""


class StoreMissingError(StoreError):
    """The database, its server, or an artifact that a record names is not there."""


class StoreCorruptError(StoreError):
    """The file is no database, or an artifact's bytes are not the ones that were stored."""


class EpisodeNotFoundError(StoreError):
    """No episode has that id."""


class EpisodeStateError(StoreError):
    """An episode is not in the state in which this can be done."""


class ServiceProblemError(HybridError):
    """The service, asked over HTTP, refused or failed.

    Attributes:
        status: HTTP status.
        kind: last part of the problem's type.
        request_id: under which the service's log has more.
        retry_after: seconds after which it may be tried again, if it said so.
    """

    def __init__(
        self,
        field: str,
        problem: str,
        remedy: str,
        *,
        status: int = 0,
        kind: str = "",
        request_id: str = "",
        retry_after: str | None = None,
    ) -> None:
        super().__init__(field, problem, remedy)
        self.status, self.kind, self.request_id = status, kind, request_id
        self.retry_after = None if retry_after is None or not retry_after.isdigit() else int(retry_after)


class MemoryRefusedError(HybridError):
    """Something cannot be remembered, or not be changed so."""


class MemoryNotFoundError(HybridError):
    """Nothing remembered has that id."""


class AccessError(HybridError):
    """Somebody asks for what is not theirs to ask."""


class KeyRefusedError(AccessError):
    """No key was shown, or one that is unknown, wrong, expired or revoked."""


class ScopeError(AccessError):
    """A key does not allow what is asked with it."""


class RateError(AccessError):
    """Too much was asked in too short a time."""


class TaskError(HybridError):
    """A task cannot be taken, found or changed."""


class TaskNotFoundError(TaskError):
    """No task has that id."""


class TaskConflictError(TaskError):
    """An idempotency key was used before for a different request."""


class QueueFullError(TaskError):
    """More tasks are waiting than the service is willing to hold."""


class TaskStateError(TaskError):
    """A task is not in the state in which this can be done."""


class PlanChangedError(TaskError):
    """What would be done is no longer what was approved."""


class LeaseLostError(TaskError):
    """A worker writes in the name of a task that it holds no more."""


class ServiceStoppingError(TaskError):
    """The service is stopping and takes no more tasks."""
