"""A trace and its site on the cell know each other, whatever view the mouse is over."""

import numpy as np
from PySide6.QtCore import QPointF

from engine.experiment.targets import CellReference, Site
from gui.plots.trace_plot import TraceCurve
from tests.gui.scope.conftest import head

CELL = CellReference("axon", 0)
NEAR, FAR = Site(cell=CELL), Site(cell=CELL, section="soma[0]", x=0.9)
FLAT = np.column_stack([np.full(401, -65.0), np.full(401, -45.0)])


def curves(scope) -> dict[str, TraceCurve]:
    return {curve.line.key[1]: curve for plot in scope.trace_plots for curve in plot.trace_curves}


def two_sites(feed):
    heads = (head("near", "v", "mV"), head("far", "v", "mV").model_copy(update={"site": FAR}))
    run = feed(FLAT, heads=heads)
    assert run.heads[0].site != FAR
    return run


def test_that_the_mouse_on_a_trace_points_at_its_site(scope, session, feed):
    run = two_sites(feed)
    scope.stack.draw()
    plot = scope.trace_plots[0]
    for value, site in ((-46.0, FAR), (-64.0, run.heads[0].site)):
        scope.stack._on_mouse(plot.view.mapViewToScene(QPointF(20.0, value)))
        assert session.pointing.site == site
    scope.stack._on_mouse(QPointF(-5, -5))
    assert session.pointing.site is None


def test_that_a_mouse_that_was_never_here_takes_away_no_other_point(scope, session, feed):
    two_sites(feed)
    session.pointing.point_at(FAR)
    scope.stack._on_mouse(QPointF(-5, -5))
    assert session.pointing.site == FAR


def test_that_traces_of_the_site_under_the_mouse_are_bold_and_over_the_others(scope, session, feed):
    two_sites(feed)
    scope.stack.draw()
    usual = {name: curve.opts["pen"].widthF() for name, curve in curves(scope).items()}
    session.pointing.point_at(FAR)
    found = curves(scope)
    assert found["far"].opts["pen"].widthF() > usual["far"] + 1
    assert found["near"].opts["pen"].widthF() == usual["near"]
    assert found["far"].zValue() > found["near"].zValue()
    session.pointing.point_at(None)
    assert {name: curve.opts["pen"].widthF() for name, curve in curves(scope).items()} == usual


def test_that_pointing_changes_pens_only(scope, session, feed, monkeypatch):
    two_sites(feed)
    scope.stack.draw()
    drawn: list[str] = []
    monkeypatch.setattr(TraceCurve, "setData", lambda *_what, **_more: drawn.append("data"))
    session.pointing.point_at(FAR)
    session.pointing.point_at(None)
    assert drawn == []


def test_that_a_trace_that_comes_while_its_site_is_pointed_at_is_bold(scope, session, feed):
    session.pointing.point_at(FAR)
    two_sites(feed)
    scope.stack.draw()
    assert curves(scope)["far"].is_bold
    assert not curves(scope)["near"].is_bold


def test_that_a_chosen_colour_is_told_to_all_views(scope, session, feed):
    run = two_sites(feed)
    scope.stack.draw()
    told: list[str] = []
    session.trace_colours.changed.connect(lambda: told.append("changed"))
    entry = next(each for each in scope.legend.entries if each.head_id == "far")
    scope.naming.recolour(entry, "#112233")
    scope.stack.draw()
    assert told == ["changed"]
    assert session.trace_colours.colour("far", run.experiment) == "#112233"
    assert curves(scope)["far"].opts["pen"].color().name() == "#112233"
