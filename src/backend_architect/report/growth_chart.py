"""A small chart of how a statement grows with its tables: an SVG text, both axes logarithmic."""

import math
from collections.abc import Mapping, Sequence

from backend_architect.proof.evidence import Measure

WIDTH, HEIGHT, MARGIN = 120, 36, 5
DECADES = 2
"""The height stands for so many factors of ten: a line to the top grows as fast as the largest tables."""
SHOWN = ("rows read", "pages at most")


def growth_chart(figures: Mapping[str, Sequence[Measure | None]]) -> str:
    """Return the chart of the first figure that is known at every size, or an empty text."""
    for name in SHOWN:
        values = figures.get(name, ())
        measures = [measure for measure in values if measure is not None]
        if len(measures) == len(values) > 1:
            return _chart(name, measures)
    return ""


def _chart(name: str, measures: Sequence[Measure]) -> str:
    points = [_point(index, measure, measures) for index, measure in enumerate(measures)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>' for x, y in points)
    label = ", ".join(f"{measure.at}: {measure.value:,.0f}" for measure in measures)
    return (
        f'<svg class="growth" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">'
        f"<title>{name} at {label}</title>"
        f'<path class="ground" d="M{MARGIN} {HEIGHT - MARGIN}H{WIDTH - MARGIN}"/>'
        f'<polyline points="{line}"/>{dots}</svg>'
    )


def _point(index: int, measure: Measure, measures: Sequence[Measure]) -> tuple[float, float]:
    """Return where a value stands: the first one on the ground, each factor of ten half the height above."""
    base = max(measures[0].value, 1.0)
    grown = math.log10(max(measure.value, 1.0) / base)
    x = MARGIN + (WIDTH - 2 * MARGIN) * index / (len(measures) - 1)
    share = min(max(grown / DECADES, 0.0), 1.0)
    return x, HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share
