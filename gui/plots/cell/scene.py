"""What is drawn: the pieces of all cells together, and a colour for each of them."""

import copy
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gui import theme
from gui.plots.cell.camera import Projected, Projection, Size
from gui.plots.cell.colours import ColourScale, Rgb, rgb, type_colours
from gui.plots.cell.dendrogram import as_tree
from gui.plots.cell.picking import Pick, pick
from gui.plots.cell.pieces import Pieces
from gui.plots.cell.shapes import Shape


class Scene:
    """Some shapes; values are of the first one, and a dendrogram is the tree of the first one."""

    def __init__(self) -> None:
        self.shapes: tuple[Shape, ...] = ()  # as they are drawn
        self.pieces: Pieces | None = None
        self._in_space: tuple[Shape, ...] = ()
        self._tree: Shape | None = None
        self._is_tree = False
        self._values: NDArray[Any] | None = None
        self._scale: ColourScale | None = None
        self.colouring: object = object()  # another one whenever colours are others
        self._projected: tuple[Projection, Size, Projected] | None = None

    def copy(self) -> "Scene":
        """The same, to be given other values without a change of this one."""
        return copy.copy(self)

    def show_shapes(self, shapes: Sequence[Shape]) -> None:
        """Draw these; another first one has no values yet."""
        if not (shapes and self._in_space and shapes[0].anatomy is self._in_space[0].anatomy):
            self._tree, self._values = None, None
        self._in_space = tuple(shapes)
        self.colour_anew()
        self._arrange()

    def show_tree(self, *, is_tree: bool) -> None:
        """As a tree, or in space."""
        if is_tree != self._is_tree:
            self._is_tree = is_tree
            self._arrange()

    def show_values(self, values: NDArray[Any] | None, scale: ColourScale | None) -> None:
        """Colour the segments of the first shape by values (segments,); None: by type."""
        self._values, self._scale = values, scale
        self.colour_anew()

    def colour_anew(self) -> None:
        """Colours are to be asked for again: the theme may be another."""
        self.colouring = object()

    @property
    def values(self) -> NDArray[Any] | None:
        """(segments,) of the first shape, by which it is coloured; None: by type, or they are not known."""
        return self._values

    @property
    def scale(self) -> ColourScale | None:
        """By which values are coloured now; None: by type."""
        return self._scale

    def piece_colours(self) -> Rgb:
        """(pieces, 3) in the present theme."""
        parts = [
            self._colours(number, shape)[shape.pieces.segments] for number, shape in enumerate(self.shapes)
        ]
        return np.concatenate([np.empty((0, 3), dtype=np.uint8), *parts])

    def project(self, projection: Projection, size: Size) -> Projected:
        """All pieces on a screen of that size."""
        assert self.pieces is not None, "there is nothing to project"
        known = self._projected
        if known is None or known[0] != projection or known[1] != size:
            known = self._projected = projection, size, projection.project(self.pieces, size)
        return known[2]

    def pick(
        self, projection: Projection, size: Size, place: tuple[float, float], reach: float
    ) -> Pick | None:
        """What is at a place (pixels), or nearest to it."""
        if self.pieces is None:
            return None
        projected = self.project(projection, size)
        ends = np.cumsum([0, *(len(shape.pieces) for shape in self.shapes)])
        parts = [projected.part(int(first), int(last)) for first, last in itertools.pairwise(ends)]
        return pick(self.shapes, parts, place, reach)

    def _arrange(self) -> None:
        self._projected = None
        if self._is_tree and self._in_space:
            self._tree = self._tree or as_tree(self._in_space[0])
            self.shapes = (self._tree,)
        else:
            self.shapes = self._in_space
        self.pieces = Pieces.joined(shape.pieces for shape in self.shapes) if self.shapes else None

    def _colours(self, number: int, shape: Shape) -> Rgb:
        if self._scale is None:
            return type_colours(shape.anatomy)
        if number or self._values is None or len(self._values) != shape.anatomy.segments:
            return np.tile(rgb(theme.colours().ghost), (shape.anatomy.segments, 1))
        return self._scale.colours(self._values)
