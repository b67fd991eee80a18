"""Names of lines in their colours, as a line of text."""

import html
from collections.abc import Iterable

from gui.plots.picture import LegendEntry


def legend_text(entries: Iterable[LegendEntry]) -> str:
    """Rich text for a label."""
    marks = (
        f'<span style="color:{pen.color().name()}">■</span>&nbsp;{html.escape(name).replace(" ", "&nbsp;")}'
        for pen, name in entries
    )
    return " &nbsp; ".join(marks)
