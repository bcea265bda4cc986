"""Plots as inline SVG: rates with their intervals, rates over lengths, shares of causes. No script, no other file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

WIDTH: Final = 720
LABEL: Final = 170
"""Room for the names of arms, pixels."""
ROW: Final = 26
PALETTE: Final = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#0a7ea4", "#bf3989", "#57606a", "#bc4c00")

Share = Mapping[str, object]
"""``rate`` in [0, 1], ``wilson95`` [low, high], ``success``, ``n``."""


def colour(number: int) -> str:
    """Return the colour of arm ``number``."""
    return PALETTE[number % len(PALETTE)]


def rates(shares: Mapping[str, Share], title: str) -> str:
    """Return a bar a name with its interval, 0 to 100 %."""
    height = ROW * len(shares) + 34
    rows = [_axis(height)]
    for number, (name, share) in enumerate(shares.items()):
        y = 8 + ROW * number
        low, high = (float(bound) for bound in _pair(share["wilson95"]))
        rate, middle = float(str(share["rate"])), y + 9
        rows.append(
            f'<g><text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{LABEL}" y="{y}" width="{_across(rate) - LABEL:.1f}" height="18" fill="{colour(number)}" '
            'opacity=".75"/>'
            f'<path d="M{_across(low):.1f} {middle}H{_across(high):.1f}M{_across(low):.1f} {y + 4}v10'
            f'M{_across(high):.1f} {y + 4}v10" stroke="#24292f" fill="none"/>'
            f"<title>{escape(name)}: {share['success']} of {share['n']}, "
            f"95 % {100 * low:.1f} to {100 * high:.1f}</title></g>"
        )
    return _svg(height, rows, title)


def by_length(arms: Mapping[str, Mapping[str, Share]], title: str) -> str:
    """Return a line an arm: rate over the least number of manipulations; whiskers are the intervals."""
    lengths = sorted({int(length) for shares in arms.values() for length in shares})
    if len(lengths) < 2:
        return ""
    bottom, top = 190, 16
    height = bottom + 44 + 16 * len(arms)
    places = {n: LABEL + (WIDTH - LABEL - 40) * k / (len(lengths) - 1) for k, n in enumerate(lengths)}
    rows = [
        f'<path d="M{LABEL} {y:.0f}H{WIDTH - 30}" stroke="#d0d7de"/><text x="{LABEL - 8}" y="{y + 4:.0f}" '
        f'text-anchor="end">{share} %</text>'
        for share in (0, 25, 50, 75, 100)
        for y in (bottom - (bottom - top) * share / 100,)
    ]
    rows += [f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{n}</text>' for n, x in places.items()]
    rows.append(
        f'<text x="{WIDTH - 30}" y="{bottom + 32}" text-anchor="end">manipulations the task takes at least</text>'
    )
    for number, (arm, shares) in enumerate(arms.items()):
        points = [(places[int(n)], share) for n, share in sorted(shares.items(), key=lambda item: int(item[0]))]
        rows.append(_line(points, number, bottom, top))
        y = bottom + 46 + 16 * number
        rows.append(f'<rect x="{LABEL}" y="{y - 10}" width="10" height="10" fill="{colour(number)}"/>')
        rows.append(f'<text x="{LABEL + 16}" y="{y}">{escape(arm)}</text>')
    return _svg(height, rows, title)


def causes(arms: Mapping[str, Mapping[str, int]], names: Sequence[str], title: str) -> str:
    """Return a bar an arm, divided by what its failures were for."""
    most = max((sum(counts.values()) for counts in arms.values()), default=0)
    if most == 0:
        return ""
    height = ROW * len(arms) + 40
    rows: list[str] = []
    for number, (arm, counts) in enumerate(arms.items()):
        x, y = float(LABEL), 8 + ROW * number
        rows.append(f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(arm)}</text>')
        for k, name in enumerate(names):
            width = (WIDTH - LABEL - 40) * counts.get(name, 0) / most
            rows.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="18" fill="{colour(k)}"><title>{escape(arm)}: '
                f"{counts.get(name, 0)} {escape(name)}</title></rect>"
            )
            x += width
    for k, name in enumerate(names):
        x, y = LABEL + 90 * k, ROW * len(arms) + 26
        rows.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour(k)}"/>')
        rows.append(f'<text x="{x + 14}" y="{y}">{escape(name)}</text>')
    return _svg(height, rows, title)


def _line(points: Sequence[tuple[float, Share]], number: int, bottom: float, top: float) -> str:
    def high(rate: object) -> float:
        return bottom - (bottom - top) * float(str(rate))

    path = " ".join(f"{'L' if k else 'M'}{x:.1f} {high(share['rate']):.1f}" for k, (x, share) in enumerate(points))
    whiskers = "".join(
        f"M{x + 2 * number:.1f} {high(_pair(share['wilson95'])[0]):.1f}V{high(_pair(share['wilson95'])[1]):.1f}"
        for x, share in points
    )
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{high(share["rate"]):.1f}" r="3.5"><title>{share["success"]} of {share["n"]}</title>'
        "</circle>"
        for x, share in points
    )
    stroke = colour(number)
    return (
        f'<g fill="{stroke}" stroke="{stroke}"><path d="{path}" fill="none" stroke-width="2"/>'
        f'<path d="{whiskers}" opacity=".5"/>{dots}</g>'
    )


def _across(rate: float) -> float:
    return LABEL + (WIDTH - LABEL - 40) * rate


def _axis(height: int) -> str:
    return "".join(
        f'<path d="M{_across(share / 100):.0f} 4V{height - 22}" stroke="#d0d7de"/><text x="{_across(share / 100):.0f}" '
        f'y="{height - 6}" text-anchor="middle">{share} %</text>'
        for share in (0, 25, 50, 75, 100)
    )


def _pair(bounds: object) -> tuple[float, float]:
    assert isinstance(bounds, list | tuple), "an interval has two bounds"
    return float(bounds[0]), float(bounds[1])


def _svg(height: int, rows: Sequence[str], title: str) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'aria-label="{escape(title, quote=True)}">{"".join(rows)}</svg>'
    )
