"""Everything that goes wrong, as ``application/problem+json`` (RFC 9457), naming the field and the remedy.

``STATUS`` is the one table from the exception tree of ``hybrid.errors`` to HTTP statuses; an error that is not in it is
answered as its nearest ancestor that is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from hybrid import errors

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "X-Request-ID"
"""Header that names one request in both directions."""
RETRY_SECONDS = 5
"""What a client is told to wait when it may try again: about the time a short task takes."""

STATUS: dict[type[errors.HybridError], int] = {
    errors.HybridError: 500,
    errors.SceneError: 422,
    errors.ActionError: 422,
    errors.InstructionError: 422,
    errors.PerceptionError: 422,
    errors.CheckpointError: 503,
    errors.LanguageError: 503,
    errors.ConfigError: 500,
    errors.BudgetError: 503,
    errors.StoreError: 500,
    errors.StoreLockedError: 503,
    errors.StoreFullError: 507,
    errors.StoreReadOnlyError: 503,
    errors.StoreSchemaError: 503,
    errors.StoreMissingError: 503,
    errors.StoreCorruptError: 500,
    errors.EpisodeNotFoundError: 404,
    errors.EpisodeStateError: 409,
    errors.ServiceProblemError: 502,
    errors.MemoryRefusedError: 422,
    errors.MemoryNotFoundError: 404,
    errors.AccessError: 403,
    errors.KeyRefusedError: 401,
    errors.ScopeError: 403,
    errors.RateError: 429,
    errors.TaskError: 422,
    errors.TaskNotFoundError: 404,
    errors.TaskConflictError: 409,
    errors.TaskStateError: 409,
    errors.PlanChangedError: 409,
    errors.LeaseLostError: 409,
    errors.QueueFullError: 429,
    errors.ServiceStoppingError: 503,
}
_RETRY = frozenset({429, 503})
_INSIDE = {
    500: "Something went wrong here; the service's log has the details under this request id.",
    503: "The service cannot serve now; its log has the details under this request id. Try again later.",
    507: "The service has no room left to keep this; its operator must free some.",
}
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
logger = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str = Field(examples=["instruction"])
    problem: str = Field(examples=["is empty"])
    remedy: str = Field(examples=["Say the task in 1 to 1000 characters."])


class Problem(BaseModel):
    """A refusal or a failure (RFC 9457)."""

    type: str = Field(examples=["urn:hybrid-planner:problem:instruction-error"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["instruction: is empty. Say the task in 1 to 1000 characters."])
    instance: str = Field(examples=["/v1/tasks"])
    request_id: str
    errors: list[FieldProblem] = []


def problem(
    request: Request, status: int, detail: str, *, kind: str = "", faults: Sequence[FieldProblem] = ()
) -> JSONResponse:
    """Return the response that reports one problem.

    Args:
        request: what was asked.
        status: HTTP status.
        detail: one sentence for a person.
        kind: last part of the problem's type; by default that of the status.
        faults: what is wrong with which field.
    """
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    body = Problem(
        type=f"urn:hybrid-planner:problem:{kind or title.lower().replace(' ', '-')}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=str(request.scope.get("request_id", "")),
        errors=list(faults),
    )
    headers = {REQUEST_ID: body.request_id}
    if status in _RETRY:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return JSONResponse(body.model_dump(), status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer everything that goes wrong in ``app`` with a problem."""
    app.add_exception_handler(errors.HybridError, _of_error)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_surprise)


def problem_of(request: Request, error: errors.HybridError) -> JSONResponse:
    """Return the response to an error of ours; what concerns the inside of this machine is logged and not told."""
    status = next(STATUS[ancestor] for ancestor in type(error).__mro__ if ancestor in STATUS)
    kind = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in type(error).__name__).lstrip("-")
    if status >= 500:
        logger.error("%s %s: %s", request.method, request.url.path, error)
    if status >= 500 and not isinstance(error, errors.TaskError):
        return problem(request, status, _INSIDE.get(status, _INSIDE[500]), kind=kind)
    faults = [FieldProblem(field=error.field, problem=error.problem, remedy=error.remedy)]
    return problem(request, status, str(error), kind=kind, faults=faults)


def _of_error(request: Request, error: Exception) -> JSONResponse:
    return problem_of(request, cast("errors.HybridError", error))


def _of_validation(request: Request, error: Exception) -> JSONResponse:
    found = cast("Sequence[Mapping[str, object]]", cast("RequestValidationError", error).errors())
    faults = [_fault(entry) for entry in found]
    if any(entry["type"] == "json_invalid" for entry in found):
        return problem(request, 400, "The body is not JSON.", kind="not-json", faults=faults)
    detail = "; ".join(f"{fault.field}: {fault.problem}" for fault in faults)
    return problem(request, 422, detail, kind="validation", faults=faults)


def _of_http(request: Request, error: Exception) -> JSONResponse:
    known = cast("HTTPException", error)
    detail = {
        404: f"There is nothing at {request.url.path}. The description of this interface is at /openapi.json.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }.get(known.status_code, str(known.detail))
    response = problem(request, known.status_code, detail)
    response.headers.update(known.headers or {})
    return response


def _of_surprise(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s failed unexpectedly", request.method, request.url.path, exc_info=error)
    return problem(request, 500, _INSIDE[500])


def _fault(entry: Mapping[str, object]) -> FieldProblem:
    place = [str(part) for part in cast("Sequence[object]", entry["loc"])]
    inside = (
        place[1:] if place[0] in {"body", "query", "path", "header"} and entry["type"] != "json_invalid" else place[:1]
    )
    message = str(entry["msg"]).removeprefix("Value error, ")
    first, _, remedy = message.partition(". ")
    return FieldProblem(
        field=".".join(inside) or "body",
        problem=first.rstrip("."),
        remedy=remedy or "See /openapi.json for what is accepted.",
    )
