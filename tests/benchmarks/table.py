"""Timing and printing that all benchmarks share. Ratios within one run: machines differ, ratios less so."""

import time
from collections.abc import Callable, Sequence


def best_of(repeats: int, action: Callable[[], object]) -> float:
    """The shortest time of several, in seconds: what disturbs a measurement only ever makes it longer."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def processor_s_of(process_id: int) -> float:
    """Processor time that another process has taken so far, in seconds (Linux: the clock of a process)."""
    return time.clock_gettime((~process_id << 3) | 2)


def verdict(value: float, goal: float | None) -> tuple[str, str]:
    """Two cells of a row: what was to be reached, and whether it was."""
    if goal is None:
        return "", ""
    return f"≤ {goal:g}", "reached" if value <= goal else "not reached"


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table with aligned columns."""
    texts = [list(header), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(header))]
    print(f"\n{title}")
    for row in texts:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))


def _text(cell: object) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
