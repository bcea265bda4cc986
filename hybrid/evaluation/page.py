"""The page about a study, from its ``report.json`` and its videos: one file that needs no other.

Beside every figure stands the command that makes it again.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from hybrid.evaluation import plots
from hybrid.evaluation.failures import CAUSES
from hybrid.evaluation.variants import PRIVILEGED

Body = dict[str, Any]
"""A ``report.json``, or the report of one suite in it."""
STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;color:#24292f;max-width:1240px;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.25} h2{margin-top:3rem;border-bottom:1px solid #d0d7de}
table{border-collapse:collapse;margin:.6rem 0;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .6rem;border-bottom:1px solid #eaeef2;text-align:right;vertical-align:top}
td:first-child,th:first-child,td.w,th.w{text-align:left} th{font-weight:600}
code{font:12px/1.4 ui-monospace,monospace;background:#f6f8fa;padding:.1rem .25rem;overflow-wrap:anywhere}
td{white-space:nowrap} td code{display:inline-block;width:15.5rem;white-space:normal;text-align:left}
td.w{white-space:normal} svg{max-width:100%;height:auto} svg text{font:12px system-ui,sans-serif;fill:#24292f}
figure{display:inline-block;vertical-align:top;width:330px;margin:.5rem .6rem .5rem 0} video{width:100%}
figcaption{font-size:13px} .scroll{overflow-x:auto} .note{color:#57606a} .warn{background:#fff8c5;padding:.5rem .8rem}
"""
NOTE: Final = """Success is judged from the world's true final state, by formulas of their own. Intervals are Wilson's;
differences are paired, on the tasks both arms attempted, with Agresti and Min's interval and McNemar's exact p (mid-p
in brackets). <em>partial</em> is the share of goal facts that hold, <em>plan valid</em> the share of plans that state
or reach the goal whether or not they could be carried out, <em>planner share</em> the share of executed actions that
the planner chose. Times are those of one attempt on this machine, in milliseconds. Arms marked * are given the true
state: they are ceilings, not competitors."""


def page(report: Body, videos: Mapping[str, bytes]) -> str:
    """Return the page of ``report``; ``videos`` are its films by name."""
    parts = [
        "<h1>Planning with a world model, beside a language model alone</h1>",
        _warning(report),
        f"<p>Made by <code>{escape(report['command'])}</code></p>",
        f"<p class=note>{NOTE}</p>",
        _overview(report["suites"]),
        *(suite_section(name, found, report["specs"]) for name, found in report["suites"].items()),
        _films(report["films"], videos),
        f"<h2>Circumstances</h2>{_circumstances(report['circumstances'])}",
    ]
    return document("Does it beat asking a language model alone?", parts)


def document(title: str, parts: Iterable[str]) -> str:
    """Return an HTML document that loads nothing."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of cells that are HTML already."""
    head = "".join(f"<th>{cell}</th>" for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def percent(share: Mapping[str, Any]) -> str:
    """Return a rate with its interval."""
    low, high = share["wilson95"]
    return f"{100 * share['rate']:.1f} % <span class=note>[{100 * low:.1f}, {100 * high:.1f}]</span>"


def figure(value: float | None, digits: int = 2) -> str:
    """Return a number, a dash of none."""
    return "–" if value is None else f"{value:.{digits}f}"


def difference(test: Mapping[str, Any]) -> list[str]:
    """Return the cells of a paired comparison: points with their interval, who alone solved how many, n, p."""
    low, high = test["difference95"]
    return [
        f"{100 * test['difference']:+.1f} <span class=note>[{100 * low:+.1f}, {100 * high:+.1f}]</span>",
        f"{test['only_first']} / {test['only_second']}",
        str(test["n"]),
        f"{test['p_exact']:.2g} <span class=note>({test['p']:.2g})</span>",
    ]


def command(found: Body, arms: Iterable[str], specs: Mapping[str, str], n: int) -> str:
    """Return the command that makes figures of ``arms`` on the first ``n`` tasks again."""
    asked = ",".join(specs.get(arm, arm) for arm in arms)
    tuning = " --tuning" if found["tuning"] else ""
    line = f"hybrid evaluate --suite {found['spec']} --arms {asked} --episodes {n} --seed {found['seed']}{tuning}"
    return f"<code>{escape(line)}</code>"


def _everything(found: Body, specs: Mapping[str, str]) -> str:
    """Return the commands that make all of a suite again: one for the arms of as many tasks each."""
    alike: dict[int, list[str]] = {}
    for arm, figures in found["arms"].items():
        alike.setdefault(figures["n"], []).append(arm)
    return "<br>".join(command(found, arms, specs, n) for n, arms in alike.items())


def marked(arm: str) -> str:
    """Return an arm's name, marked when it is given the true state."""
    return escape(arm) + (" *" if arm in PRIVILEGED else "")


def suite_section(name: str, found: Body, specs: Mapping[str, str]) -> str:
    """Return what there is to say of one suite."""
    arms: dict[str, Body] = found["arms"]
    everything = _everything(found, specs)
    return "\n".join(
        [
            f"<h2 id={escape(name)}>{escape(name)}</h2>",
            plots.rates(arms, f"Success on {name} by arm"),
            _arms(found, specs),
            "<h3>Differences</h3>",
            _differences(found, specs),
            "<h3>By number of manipulations</h3>",
            plots.by_length({arm: figures["by_length"] for arm, figures in arms.items()}, f"{name} by length"),
            _broken_down(arms, "by_length", "manipulations"),
            f"<p>{everything}</p><h3>By kind of request</h3>",
            _broken_down(arms, "by_kind", "kind"),
            f"<p>{everything}</p><h3>What failures were for</h3>",
            plots.causes({arm: figures["failures"] for arm, figures in arms.items()}, CAUSES, f"Failures on {name}"),
            _failures(arms),
            f"<p>{everything}</p>",
        ]
    )


def _warning(report: Body) -> str:
    return "<p class=warn>Seeds of training and tuning: nothing may be claimed of this.</p>" if report["tuning"] else ""


def _overview(suites: Mapping[str, Body]) -> str:
    arms = list(dict.fromkeys(arm for found in suites.values() for arm in found["arms"]))
    rows = [
        [
            f'<a href="#{escape(name)}">{escape(name)}</a>',
            *(percent(found["arms"][arm]) if arm in found["arms"] else "–" for arm in arms),
        ]
        for name, found in suites.items()
    ]
    return "<h2>Success</h2>" + table(["suite", *map(marked, arms)], rows)


def _arms(found: Body, specs: Mapping[str, str]) -> str:
    heads = (
        "arm", "success", "n", "partial", "plan valid", "planner share", "plan p50 / p95", "episode p50 / p95",
        "calls", "checks", "steps", "command",
    )  # fmt: skip
    rows: list[list[str]] = []
    for arm, figures in found["arms"].items():
        compared = [arm] if arm == "hybrid" or "hybrid" not in found["arms"] else ["hybrid", arm]
        rows.append(
            [
                marked(arm),
                percent(figures),
                f"{figures['success']} / {figures['n']}",
                *(figure(figures[key]) for key in ("partial", "plan_valid", "planner_share")),
                f"{figure(figures['plan_ms']['p50'], 0)} / {figure(figures['plan_ms']['p95'], 0)}",
                f"{figure(figures['episode_ms']['p50'], 0)} / {figure(figures['episode_ms']['p95'], 0)}",
                *(figure(figures[key], 1) for key in ("language_calls", "checks", "steps")),
                command(found, compared, specs, figures["n"]),
            ]
        )
    lengths = [
        f"<p>{marked(arm)}: {figure(figures['in_a_row'])} instructions done in a row on average.</p>"
        for arm, figures in found["arms"].items()
        if figures["in_a_row"] is not None
    ]
    return table(heads, rows) + "".join(lengths)


def _differences(found: Body, specs: Mapping[str, str]) -> str:
    rows: list[list[str]] = []
    for pair, test in found["mcnemar"].items():
        first, _, second = pair.partition(":")
        if first == "hybrid" or "hybrid" not in found["arms"]:
            cells = difference(test)
            rows.append([f"{marked(first)} − {marked(second)}", *cells,
                         command(found, (first, second), specs, test["n"])])  # fmt: skip
    return table(("", "points", "only the first / second", "n", "p", "command"), rows)


def _broken_down(arms: Mapping[str, Body], part: str, head: str) -> str:
    keys = sorted({key for figures in arms.values() for key in figures[part]}, key=lambda k: (len(k), k))
    rows = [
        [
            escape(key),
            *(
                f"{100 * share['rate']:.0f} % <span class=note>n = {share['n']}</span>" if share else "–"
                for share in (figures[part].get(key) for figures in arms.values())
            ),
        ]
        for key in keys
    ]
    return table([head, *map(marked, arms)], rows)


def _failures(arms: Mapping[str, Body]) -> str:
    rows = [[marked(arm), *(str(figures["failures"].get(c, 0)) for c in CAUSES)] for arm, figures in arms.items()]
    return table(["arm", *CAUSES], rows)


def _films(films: Iterable[Body], videos: Mapping[str, bytes]) -> str:
    shown = [
        f'<figure><video controls muted loop preload="metadata" src="data:video/mp4;base64,'
        f'{base64.b64encode(videos[film["file"]]).decode()}"></video><figcaption>{escape(film["words"])}</figcaption></figure>'
        for film in films
        if film["file"] in videos
    ]
    return "<h2>Videos</h2>" + "".join(shown) if shown else ""


def _circumstances(facts: Body) -> str:
    flat = {name: value for name, value in facts.items() if name != "packages"} | facts["packages"]
    return table(("", ""), [[escape(name), escape(str(value))] for name, value in flat.items()])
