TITLE Tetrodotoxin outside the cell, there or not

COMMENT
Somascope's own model. Sodium channels that know of TTX read two concentrations: the one inside tells them,
by being 1/64 mM, that a switch like this one is in their section, and the one outside whether TTX is there.
ENDCOMMENT

NEURON {
    SUFFIX TTXSwitch
    USEION ttx WRITE ttxi, ttxo VALENCE 1
    RANGE ttxo_level
    THREADSAFE
}

UNITS {
    (mM) = (milli/liter)
}

PARAMETER {
    ttxo_level = 1e-12 (mM)         : next to nothing; 1 blocks
}

ASSIGNED {
    ttxi (mM)
    ttxo (mM)
}

INITIAL {
    ttxi = 0.015625
    ttxo = ttxo_level
}

BREAKPOINT {
    ttxo = ttxo_level
}
