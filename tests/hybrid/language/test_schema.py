"""Covers the program schema: what it refuses, that it is bounded, and that it is versioned."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from hybrid.language.schema import Program

RED = {"colour": "red", "kind": "cube"}
STEP = {"act": "hold", "a": [RED]}


def test_a_plain_program_is_read_with_its_defaults():
    program = Program.model_validate({"steps": [STEP]})
    assert program.version == 2
    assert program.steps[0].a[0].quantifier == "the"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"steps": [STEP], "refuse": "scope"},
        {"refuse": "scope", "keep": [RED]},
        {"version": 99, "steps": [STEP]},
        {"steps": [STEP], "comment": "hello"},
        {"steps": [STEP] * 13},
        {"steps": [{"act": "hold", "a": []}]},
        {"steps": [{"act": "fly", "a": [RED]}]},
        {"steps": [{"act": "hold", "a": [{"colour": "beige"}]}]},
        {"steps": [{"act": "shift", "a": [RED], "direction": "left", "by": 31}]},
        {"steps": [{"act": "shift", "a": [RED], "direction": "left", "by": 2.5}]},
        {"steps": [{"act": "pair", "relation": "on", "centimetres": 5, "a": [RED], "b": RED}]},
        {"steps": [{"act": "tower", "a": [RED], "base": RED, "floors": "biggest_below"}]},
        {"steps": [{"act": "hold", "a": [RED | {"anchor": {"link": "on"}}]}]},
    ],
)
def test_whatever_breaks_the_schema_is_refused(broken):
    with pytest.raises(ValidationError):
        Program.model_validate(broken)


def test_the_json_schema_forbids_extras_everywhere_and_is_not_recursive():
    schema = Program.model_json_schema()
    definitions = schema["$defs"]
    assert all(page["additionalProperties"] is False for page in definitions.values())
    depth = dict.fromkeys(definitions, 0)
    for _ in range(len(definitions) + 1):
        for name, page in definitions.items():
            for other in definitions:
                if f'#/$defs/{other}"' in json.dumps(page):
                    depth[name] = max(depth[name], depth[other] + 1)
    assert max(depth.values()) < len(definitions)
