"""Lines over the hours of a day as an SVG picture; needs nothing but text."""

from collections.abc import Mapping
from html import escape

WIDTH, HEIGHT, EDGE = 760, 360, 50
COLOURS = ("#0b6e6e", "#c65d21", "#6a4c93", "#7a7a7a")
DASHES = ("none", "7 4", "2 3", "9 3 2 3")  # told apart without colours too


def by_hour(title: str, unit: str, lines: Mapping[str, Mapping[int, float]]) -> str:
    """One line for each name, with a value for each hour it has; four at most."""
    hours = sorted({hour for values in lines.values() for hour in values}) or [0]
    top = max((value for values in lines.values() for value in values.values()), default=0.0) or 1.0
    first, span = hours[0], max(1, hours[-1] - hours[0])

    def at(hour: int, value: float) -> tuple[float, float]:
        x = EDGE + (hour - first) / span * (WIDTH - 2 * EDGE)
        return x, HEIGHT - EDGE - value / top * (HEIGHT - 2 * EDGE)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{EDGE}" y="24" font-size="15">{escape(title)}</text>',
    ]
    for part in range(5):
        value = top * part / 4
        _, y = at(first, value)
        drawn.append(f'<path d="M{EDGE} {y:.1f}H{WIDTH - EDGE}" stroke="#ddd"/>')
        drawn.append(
            f'<text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.0f} {escape(unit)}</text>'
        )
    drawn += [
        f'<text x="{at(hour, 0)[0]:.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{hour}</text>'
        for hour in hours
    ]
    for number, (name, values) in enumerate(lines.items()):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*one) for one in sorted(values.items())))
        form = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        drawn.append(f'<polyline points="{points}" {form}/>')
        x = WIDTH - EDGE - 190
        drawn.append(f'<path d="M{x} {40 + 18 * number}h30" {form}/>')
        drawn.append(f'<text x="{x + 36}" y="{44 + 18 * number}">{escape(name)}</text>')
    return "\n".join([*drawn, "</svg>"]) + "\n"
