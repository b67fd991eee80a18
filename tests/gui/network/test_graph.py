"""Who is connected with whom, as a graph."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from gui.panels.network.graph import is_for_groups, of_cells, of_groups
from gui.plots.graph_plot import strengths_of
from tests.gui.network.conftest import CELLS, Desk


@pytest.fixture
def graph(desk: Desk) -> Desk:
    desk.panel.show_graph()
    desk.until(lambda: desk.panel.graph.graph is not None and not desk.panel.graph.is_arranging)
    return desk


def test_that_the_graph_has_the_edges_of_the_circuit(graph: Desk) -> None:
    tab, (links,) = graph.panel.graph, graph.panel.links.links or ()
    found = tab.graph
    assert found is not None and len(found.names) == len(CELLS)
    pairs = {
        (found.names[source], found.names[target]): count
        for source, target, count in zip(found.sources, found.targets, found.synapses, strict=True)
    }
    assert pairs == {
        (f"column:{source}", f"column:{target}"): count
        for source, target, count in zip(links.sources, links.targets, links.synapses, strict=True)
    }
    edge = int(np.argmax(found.synapses))
    text = found.edge_text(edge)
    assert text.startswith(f"{found.names[found.sources[edge]]} → {found.names[found.targets[edge]]}: ")
    assert f"{found.synapses[edge]} synapses, " in text and " nS, " in text and text.endswith(" ms")


def test_that_a_click_on_a_node_selects_its_cell_and_the_other_way_round(graph: Desk) -> None:
    tab, selection = graph.panel.graph, graph.session.selection
    assert tab.graph is not None and tab.plot.shape is not None
    node = tab.graph.names.index("column:7")
    where = tab.plot.getViewBox().mapViewToScene(QPointF(*tab.plot.shape.places[node]))
    assert tab.plot.nearest(where) == (node, None)
    tab.plot.clicked.emit(node, False)
    assert selection.current == CELLS[7] and tab.plot.chosen == {node}
    selection.select_cells("column", [3, 4])
    assert {tab.graph.names[each] for each in tab.plot.chosen} == {"column:3", "column:4"}
    tab.plot.clicked.emit(node, True)
    assert selection.node_ids.tolist() == [3, 4, 7]
    tab.plot.clicked.emit(None, False)
    assert not selection.node_ids.size and not tab.plot.chosen
    said: list[str] = []
    tab.hovered_text.connect(said.append)
    tab.plot.hovered.emit(node, None)
    assert said[-1].startswith("column:7 (") and "onto it" in said[-1]


def test_that_of_many_cells_the_groups_are_drawn(graph: Desk) -> None:
    tab, members, links = graph.panel.graph, graph.panel.members, graph.panel.links.links
    assert links is not None and tab.graph is not None and not is_for_groups(members, links)
    tab.shows.setCurrentIndex(tab.shows.findData("groups"))
    tab.shows.activated.emit(tab.shows.currentIndex())
    graph.until(lambda: not tab.is_arranging)
    assert tab.graph.names == members.names
    assert tab.graph.synapses.sum() == of_cells(members, links).synapses.sum() == 168
    tab.plot.clicked.emit(0, False)
    group = members.cells[: members.spans()[0][2]]
    assert graph.session.selection.node_ids.tolist() == sorted(each.node_id for each in group)
    names = [name for name, _ in tab.columns()]
    assert names == [
        "from",
        "to",
        "synapses",
        "gap junctions",
        "pairs",
        "total weight (nS)",
        "mean delay (ms)",
    ]
    assert "pair" in of_groups(members, links).edge_text(0)


def test_that_strengths_are_between_0_and_1() -> None:
    assert strengths_of([1.0, 10.0, 100.0, np.nan, 0.0]).tolist() == pytest.approx([0, 0.5, 1, 0, 0])
    assert strengths_of([3.0, 3.0]).tolist() == [0.5, 0.5]
