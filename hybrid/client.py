"""A typed client of the service's HTTP interface: every call of it as a method, problems as exceptions.

Synchronous and small: ``with Client("http://127.0.0.1:8080") as client: client.wait(client.submit("...")["id"])``. It
knows the interface only, nothing of what is behind it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, TypedDict, cast

import httpx

from hybrid.base import Json
from hybrid.errors import BudgetError, ServiceProblemError

Record = dict[str, Json]
Scene = str | Record | None
ENDED = frozenset({"succeeded", "failed", "refused", "question", "approval", "cancelled", "interrupted"})
"""Statuses in which a task rests; ``question`` and ``approval`` wait for a person's word."""
PATIENCE = 0.1
"""Seconds between two looks at a task that is waited for."""


class Task(TypedDict):
    """A task as the service shows it."""

    id: str
    status: str
    instruction: str
    scene: str
    seed: int
    kind: Literal["run", "plan", "predict"]
    thread: str | None
    priority: int
    tries: int
    exchanges: list[dict[str, str]]
    request_id: str | None
    deadline_at: str | None
    episode: str | None
    reason: str | None
    outcome: Record | None
    cancel_requested: bool
    created_at: str
    started_at: str | None
    finished_at: str | None


@dataclass(frozen=True)
class Event:
    """Something that happened in a task; ``id`` counts from 1."""

    id: int
    name: str
    data: Record


class Client:
    """Speaks to one service; use it as a context manager, or ``close`` it.

    Args:
        address: of the service, such as ``http://127.0.0.1:8080``.
        key: API key, where the service asks for one.
        timeout: seconds an answer may take.
        http: what sends the requests, instead of one made from the other arguments.
    """

    def __init__(
        self, address: str, *, key: str | None = None, timeout: float = 35.0, http: httpx.Client | None = None
    ) -> None:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._http = http or httpx.Client(base_url=address, headers=headers, timeout=timeout, trust_env=False)

    def __enter__(self) -> Client:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def submit(
        self,
        instruction: str,
        scene: Scene = None,
        seed: int = 0,
        *,
        key: str | None = None,
        **more: Json,
    ) -> Task:
        """Ask for a task.

        Args:
            instruction: in plain words.
            scene: name of a scene, a scene as an object, or None for the service's default.
            seed: randomness of the run.
            key: idempotency key: the same key gives the same task.
            **more: ``thread``, ``priority``, ``deadline_seconds``, ``approval``.

        Raises:
            ServiceProblemError: the service refused.
        """
        body = _with_scene({"instruction": instruction, "seed": seed, **more}, scene)
        return cast("Task", self._json("POST", "/v1/tasks", body, headers=_keyed(key)))

    def task(self, task: str) -> Task:
        """Return a task as it is now."""
        return cast("Task", self._json("GET", f"/v1/tasks/{task}"))

    def tasks(self, **query: str | int) -> Generator[Task]:
        """Yield all tasks, newest first; ``query`` narrows: ``status``, ``thread``, ``kind``."""
        for entry in self._pages("/v1/tasks", "tasks", query):
            yield cast("Task", entry)

    def wait(self, task: str, seconds: float = 120.0) -> Task:
        """Wait until a task rests; raises ``BudgetError`` when it does not within ``seconds``."""
        until = time.monotonic() + seconds
        while True:
            found = self.task(task)
            if found["status"] in ENDED:
                return found
            if time.monotonic() > until:
                raise BudgetError("task", f"{task} is still {found['status']}", "Wait longer, or cancel it.")
            time.sleep(PATIENCE)

    def events(self, task: str, *, after: int = 0) -> Generator[Event]:
        """Yield what happens in a task after event ``after``, until it rests; broken connections are taken up again."""
        seen, ended = after, False
        while not ended:
            try:
                for event in self._stream(task, seen):
                    seen, ended = event.id, event.name == "end"
                    yield event
            except httpx.TransportError:
                time.sleep(PATIENCE)
            else:
                return

    def cancel(self, task: str) -> Task:
        """Stop a task."""
        return cast("Task", self._json("POST", f"/v1/tasks/{task}/cancel"))

    def answer(self, task: str, answer: str) -> Task:
        """Answer the question a task asked back."""
        return cast("Task", self._json("POST", f"/v1/tasks/{task}/answer", {"answer": answer}))

    def approve(self, task: str, plan: str, *, approved: bool = True) -> Task:
        """Allow or forbid the plan, named by its digest, that a task waits with."""
        body: Record = {"plan": plan, "approved": approved}
        return cast("Task", self._json("POST", f"/v1/tasks/{task}/approval", body))

    def plan(self, instruction: str, scene: Scene = None, seed: int = 0, *, wait: float = 10.0) -> Task:
        """Ask what would be done, without moving anything."""
        body = _with_scene({"instruction": instruction, "seed": seed}, scene)
        return cast("Task", self._json("POST", "/v1/plans", body, query={"wait": wait}))

    def predict(self, scene: Scene = None, seed: int = 0, *, wait: float = 10.0, **what: Json) -> Task:
        """Ask what would become of ``actions``, or of the first step towards ``facts``."""
        body = _with_scene({"seed": seed, **what}, scene)
        return cast("Task", self._json("POST", "/v1/predictions", body, query={"wait": wait}))

    def episodes(self, **query: str | int) -> Generator[Record]:
        """Yield summaries of episodes, newest first, page by page."""
        yield from self._pages("/v1/episodes", "episodes", query)

    def episode(self, episode: str) -> Record:
        """Return everything about an episode."""
        return self._json("GET", f"/v1/episodes/{episode}")

    def steps(self, episode: str, *, after: int = -1, limit: int = 100) -> list[Record]:
        """Return executed control steps after number ``after``."""
        query = {"after": after, "limit": limit}
        return cast("list[Record]", self._json("GET", f"/v1/episodes/{episode}/steps", query=query)["steps"])

    def frame(self, episode: str, step: int, view: int = 0) -> bytes:
        """Return what a camera saw at a step, as PNG."""
        return self._call("GET", f"/v1/episodes/{episode}/frames/{step}/{view}.png").content

    def export(self, episode: str) -> bytes:
        """Return an episode with its images as an archive."""
        return self._call("GET", f"/v1/episodes/{episode}/export").content

    def forget_episode(self, episode: str) -> None:
        """Forget an episode."""
        self._call("DELETE", f"/v1/episodes/{episode}")

    def memories(self, **query: str | int) -> Generator[Record]:
        """Yield what is remembered; ``like`` gives the most alike first."""
        yield from self._pages("/v1/memory", "memories", query)

    def teach(self, name: str, meaning: str) -> Record:
        """Teach what a name means."""
        return self._json("POST", "/v1/memory", {"name": name, "meaning": meaning})

    def correct(self, memory: str, meaning: str) -> Record:
        """Change what a taught name means."""
        return self._json("PATCH", f"/v1/memory/{memory}", {"meaning": meaning})

    def forget(self, memory: str) -> None:
        """Forget one memory."""
        self._call("DELETE", f"/v1/memory/{memory}")

    def scenes(self) -> list[str]:
        """Return the names of the scenes that come with the service."""
        return cast("list[str]", self._json("GET", "/v1/scenes")["scenes"])

    def scene(self, name: str) -> Record:
        """Return a scene in the form that a task takes it."""
        return self._json("GET", f"/v1/scenes/{name}")

    def models(self) -> list[Record]:
        """Return the models that took part in episodes."""
        return cast("list[Record]", self._json("GET", "/v1/models")["models"])

    def ready(self) -> bool:
        """Tell whether requests are welcome."""
        return self._http.get("/readyz").status_code == 200

    def _stream(self, task: str, after: int) -> Generator[Event]:
        headers = {"Last-Event-ID": str(after)} if after else {}
        timeout = httpx.Timeout(35.0, read=60.0)
        with self._http.stream("GET", f"/v1/tasks/{task}/events", headers=headers, timeout=timeout) as response:
            if response.status_code >= 400:
                response.read()
                raise problem(response)
            fields: dict[str, str] = {}
            for line in response.iter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif "data" in fields:
                    yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
                    fields = {}

    def _pages(self, path: str, name: str, query: dict[str, Any]) -> Generator[Record]:
        asked = dict(query)
        while True:
            page = self._json("GET", path, query=asked)
            yield from cast("list[Record]", page[name])
            if page["next"] is None:
                return
            asked["before"] = cast("str", page["next"])

    def _json(
        self,
        method: str,
        path: str,
        body: Record | None = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Record:
        return self._call(method, path, body, query=query, headers=headers).json()

    def _call(
        self,
        method: str,
        path: str,
        body: Record | None = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        response = self._http.request(method, path, json=body, params=query, headers=headers)
        if response.status_code >= 400:
            raise problem(response)
        return response


def problem(response: httpx.Response) -> ServiceProblemError:
    """Return the exception for a response that is a problem (RFC 9457), or for one that is not even that."""
    try:
        told = cast("dict[str, Any]", response.json())
    except ValueError:
        told = {}
    faults = cast("list[dict[str, str]]", told.get("errors") or [])
    first = faults[0] if faults else {}
    return ServiceProblemError(
        first.get("field", "request"),
        first.get("problem", str(told.get("detail", f"was answered with {response.status_code}"))),
        first.get("remedy", "See the service's log under the request's id."),
        status=response.status_code,
        kind=str(told.get("type", "")).rpartition(":")[2],
        request_id=response.headers.get("X-Request-ID", ""),
        retry_after=response.headers.get("Retry-After"),
    )


def _with_scene(body: Record, scene: Scene) -> Record:
    return body if scene is None else {**body, "scene": scene}


def _keyed(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}
