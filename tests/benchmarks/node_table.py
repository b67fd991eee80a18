"""`python -m tests.benchmarks.node_table`: the table of cells with ten million of them, offscreen."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.nodes import synthesise
from tests.benchmarks.table import show, verdict
from tests.end_to_end.watchdog import waited_s

_SIZE = 10_000_000
_FRAMES = 200
_MIB = 2**20


def write_circuit(folder: Path, size: int) -> Path:
    """A circuit of one population with a category and positions; returns its configuration."""
    synthesise(folder / "nodes.h5", size)
    nodes = {"nodes_file": "nodes.h5", "populations": {"cells": {"type": "biophysical"}}}
    config = folder / "circuit_config.json"
    config.write_text(json.dumps({"version": 2.3, "networks": {"nodes": [nodes], "edges": []}}))
    return config


def _memory_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MIB


class _Turn:
    def __init__(self) -> None:
        self._start, self._waited = time.perf_counter(), waited_s()

    def seconds(self) -> float:
        """Since it began, without waiting for a processor."""
        return time.perf_counter() - self._start - (waited_s() - self._waited)


class _Bench:
    def __init__(self) -> None:
        from PySide6.QtWidgets import QApplication

        self.application = QApplication.instance() or QApplication([])
        from engine.circuit import circuit, query  # noqa: F401 - part of the empty program here
        from gui.background import give_way_quickly
        from gui.panels.circuit.panel import CircuitPanel
        from gui.session.session import Session
        from gui.session.worker_pool import WorkerPool
        from tests.fakes.commands import fake_worker

        give_way_quickly()
        self.pool = WorkerPool(lambda _limit: fake_worker(""))
        self.session = Session(self.pool)
        self.panel = CircuitPanel(self.session)
        self.panel.resize(380, 680)
        self.panel.show()
        self.application.processEvents()
        self.most_mib = 0.0

    def until(self, done: Callable[[], bool]) -> tuple[float, float]:
        """Seconds until something is so, and the longest turn of the event loop meanwhile.

        Of a turn, what the window waited for a processor because the machine had other work is not counted.
        """
        start = time.perf_counter()
        longest = 0.0
        while not done():
            turn = _Turn()
            self.application.processEvents()
            longest = max(longest, turn.seconds())
            self.most_mib = max(self.most_mib, _memory_mib())
            time.sleep(0.0005)
        return time.perf_counter() - start, longest

    def shows_text(self) -> bool:
        """Whether the first row is there to be read."""
        model = self.panel.cells.model
        return model.rowCount() > 0 and model.data(model.index(0, 1)) != "…"

    def filter(self, text: str) -> tuple[float, float]:
        """Filter, until the rows are in the table."""
        self.panel.cells.filter.show_text(text)
        return self.until(lambda: not self.panel.cells.finder.is_busy)

    def sort(self, column: str) -> tuple[float, float]:
        """Sort by a column, until the rows are in the table."""
        self.panel.cells.model.sort(self.panel.cells.model.column_index(column))
        return self.until(lambda: not self.panel.cells.finder.is_busy)

    def scroll(self) -> float:
        """The longest frame, in seconds, of a scroll in small steps and then in large ones."""
        bar = self.panel.cells.table.verticalScrollBar()
        worst = 0.0
        for step in range(_FRAMES):
            turn = _Turn()
            bar.setValue(3 * step if step % 2 else bar.maximum() // _FRAMES * step)
            self.application.processEvents()
            worst = max(worst, turn.seconds())
            self.most_mib = max(self.most_mib, _memory_mib())
        return worst

    def select(self, press: Callable[[], object], wanted: int) -> tuple[float, float]:
        """Select in the table or the map, until that many cells are and the map has drawn them."""
        turn = _Turn()
        press()
        first = turn.seconds()
        shown = self.panel.cells.map_tab.map
        seconds, longest = self.until(
            lambda: self.session.selection.node_ids.size >= wanted and not shown.is_seeing
        )
        return seconds, max(first, longest)

    def press_all(self) -> None:
        """Ctrl+A in the table or the map, whichever is in view."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        cells = self.panel.cells
        view = cells.map_tab.map if cells.map_tab.isVisible() else cells.table
        QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    def lasso(self) -> None:
        """Round about the middle half of the map, as after a drag."""
        import functools

        import numpy as np

        from gui.plots.soma_regions import within

        shown = self.panel.cells.map_tab.map
        (left, end), (bottom, top) = shown._box.viewRange()
        turns = np.linspace(0, 2 * np.pi, 100)
        right = (left + end) / 2 + (end - left) / 4 * np.cos(turns)
        up = (bottom + top) / 2 + (top - bottom) / 4 * np.sin(turns)
        corners = np.stack([right, up], axis=1)
        shown.area_drawn.emit(functools.partial(within, corners=corners), False)

    def show_map(self) -> tuple[float, float]:
        """Until it is drawn."""
        self.panel.show_map()
        tab = self.panel.cells.map_tab
        return self.until(lambda: tab.map.is_density and not tab.is_reading and not tab.map.is_seeing)

    def close(self) -> None:
        """Let go of all."""
        from gui.background import wait_for_all

        self.session.close()
        self.pool.shutdown()
        wait_for_all()
        self.panel.deleteLater()


def main(size: int) -> None:
    """Print what was measured beside what was to be reached."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    bench = _Bench()
    empty = _memory_mib()
    with tempfile.TemporaryDirectory() as folder:
        bench.session.open_path(write_circuit(Path(folder), size))
        opening, opening_turn = bench.until(bench.shows_text)
        bench.until(lambda: bench.session.document.experiment is not None)
        scrolling = bench.scroll()
        filtering, filtering_turn = min(bench.filter(text) for text in ("mtype == L5_PC", "mtype == L4_SS"))
        filtered_scrolling = bench.scroll()
        bench.filter("")
        _, all_turn = bench.select(bench.press_all, size)
        bench.session.selection.clear()
        sorting, sorting_turn = bench.sort("y")
        sorted_scrolling = bench.scroll()
        table_mib = bench.most_mib
        mapping, mapping_turn = bench.show_map()
        _, map_all_turn = bench.select(bench.press_all, size)
        bench.session.selection.clear()
        lasso, lasso_turn = bench.select(bench.lasso, size // 10)
        bench.session.selection.clear()
        bench.close()
    measured: list[tuple[str, float, float | None]] = [
        ("open until text shows, s", opening, 1),
        ("filter by a category, s", filtering, 0.3),
        ("sort by a number, s", sorting, None),
        ("worst frame of scrolling, ms", 1000 * scrolling, 16),
        ("worst frame, filtered, ms", 1000 * filtered_scrolling, 16),
        ("worst frame, sorted, ms", 1000 * sorted_scrolling, 16),
        ("longest turn while opening, ms", 1000 * opening_turn, 16),
        ("longest turn while filtering, ms", 1000 * filtering_turn, 16),
        ("longest turn while sorting, ms", 1000 * sorting_turn, 16),
        ("longest turn of Ctrl+A, ms", 1000 * all_turn, 16),
        ("first map, s", mapping, None),
        ("longest turn of the first map, ms", 1000 * mapping_turn, 16),
        ("longest turn of Ctrl+A in the map, ms", 1000 * map_all_turn, 16),
        ("lasso until drawn, s", lasso, None),
        ("longest turn of the lasso, ms", 1000 * lasso_turn, 16),
        ("most memory over the empty program, MiB", table_mib - empty, 300),
        ("the same with the map, MiB", bench.most_mib - empty, None),
    ]
    rows = [[name, value, *verdict(value, goal)] for name, value, goal in measured]
    show(f"The table of {size:,} cells", ("what", "measured", "goal", ""), rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _SIZE)
