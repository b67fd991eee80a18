"""Numbers of traces as text, with units in the header and every digit."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from gui.plots.trace_plot import Line

Column: TypeAlias = tuple[str, np.ndarray]  # a title with its unit, and numbers or names
_ROWS_AT_ONCE = 5_000


def columns_of(lines: Sequence[Line], first_ms: float, last_ms: float) -> list[Column]:
    """Titles and numbers of lines between two times; lines with the same times share one column of them."""
    columns: list[Column] = []
    groups: dict[tuple[float, float], list[Line]] = {}
    for line in lines:
        start = line.placing.start(line.traces)
        groups.setdefault((start, line.traces.interval), []).append(line)
    for group in groups.values():
        longest = max(group, key=lambda line: line.traces.samples)
        times = longest.times()
        begin = int(np.searchsorted(times, first_ms, "left"))
        end = int(np.searchsorted(times, last_ms, "right"))
        columns.append(("Time (ms)", times[begin:end]))
        for line in group:
            unit = f" ({line.unit})" if line.unit else ""
            columns.append((f"{line.name}{unit}", line.values(begin, end)))
    return columns


def as_text(
    columns: Sequence[Column],
    separator: str,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[str]:
    """Pieces of a table; columns that end early leave empty cells. Numbers read back to the same bits."""
    yield separator.join(_quoted(title, separator) for title, _ in columns) + "\n"
    rows = max((len(numbers) for _, numbers in columns), default=0)
    for begin in range(0, rows, _ROWS_AT_ONCE):
        report(begin, rows)
        end = min(begin + _ROWS_AT_ONCE, rows)
        texts = [_texts(numbers[begin:end], end - begin, separator) for _, numbers in columns]
        yield "\n".join(map(separator.join, zip(*texts, strict=True))) + "\n"


def _texts(cells: np.ndarray, rows: int, separator: str) -> list[str]:
    if cells.dtype.kind in "OU":
        texts = [_quoted(str(each), separator) for each in cells.tolist()]
    else:
        texts = [repr(each) for each in cells.tolist()]
    return texts + [""] * (rows - len(texts))


def _quoted(title: str, separator: str) -> str:
    if separator in title or '"' in title or "\n" in title:
        return '"' + title.replace('"', '""') + '"'
    return title
