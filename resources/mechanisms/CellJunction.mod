COMMENT
One side of a gap junction: a conductance between the place where it sits and a place on another cell, whose
voltage is brought to vgap by a transfer between cells (ParallelContext). The other side has a junction of its own.

Stands in for Gap in circuits that come without it, and has its parameters.
ENDCOMMENT

NEURON {
    THREADSAFE
    POINT_PROCESS CellJunction
    NONSPECIFIC_CURRENT i
    RANGE g, i, vgap
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (nS) = (nanosiemens)
}

PARAMETER {
    g = 1 (nS) <0, 1e9>
}

ASSIGNED {
    v (mV)
    vgap (mV)
    i (nA)
}

INITIAL {
    i = 0.001 * g * (v - vgap)
}

BREAKPOINT {
    i = 0.001 * g * (v - vgap)
}
