TITLE A cell that fires at given times

COMMENT
Somascope's own model. play(times) takes an ascending Vector of times in ms, of which it keeps a copy;
what lies before the beginning of a run is not fired. play() without one silences it.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL SpikeTimes
    POINTER kept
    RANGE count, place
    THREADSAFE
}

ASSIGNED {
    kept
    count (1)
    place (1)
}

INITIAL {
    place = 0
    look_ahead()
    if (place <= count) {
        net_send(due() - t, 1)
    }
}

NET_RECEIVE (weight) {
    net_event(t)
    look_ahead()
    if (place <= count) {
        net_send(due() - t, 1)
    }
}

: Step to the next time that is not past.
PROCEDURE look_ahead() {
    place = place + 1
    while (place <= count && due() < t) {
        place = place + 1
    }
}

FUNCTION due() (ms) {
VERBATIM
    _ldue = ((double*) _p_kept)[(int) place - 1];
ENDVERBATIM
}

VERBATIM
/* A copy of the Vector that a procedure was given, in the place of the one before; its length. */
static int somascope_copy(void** copy) {
    free(*copy);
    *copy = nullptr;
    if (!ifarg(1)) {
        return 0;
    }
    auto* given = vector_arg(1);
    const int length = vector_capacity(given);
    *copy = malloc(sizeof(double) * (size_t) (length + 1));
    memcpy(*copy, vector_vec(given), sizeof(double) * (size_t) length);
    return length;
}
ENDVERBATIM

PROCEDURE play() {
VERBATIM
    count = somascope_copy((void**) &_p_kept);
ENDVERBATIM
}

DESTRUCTOR {
VERBATIM
    free(_p_kept);
ENDVERBATIM
}
