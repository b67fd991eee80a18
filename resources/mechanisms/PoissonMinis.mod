TITLE A cell that fires at random, at a rate that may change with time

COMMENT
Somascope's own model: an inhomogeneous Poisson process by thinning (Lewis & Shedler 1979, Naval Research
Logistics 26:403). Candidates come at the highest of the rates, from one random stream; another one decides
which of them fire. setRate(rates) takes a Vector in Hz, setTbins(times) the times in ms from which on each
holds; both are copied. setRNGs takes the numbers of the two Random123 streams, which start anew at INITIAL.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL PoissonMinis
    POINTER rates, begins
    RANGE duration, rate_count, begin_count, highest
    RANDOM waiting, choosing
    THREADSAFE
}

PARAMETER {
    duration = 1e6 (ms)             : from the first of the times on
}

ASSIGNED {
    rates
    begins
    rate_count (1)
    begin_count (1)
    highest (/s)
    finish (ms)
}

INITIAL {
    LOCAL until
    random_setseq(waiting, 0)
    random_setseq(choosing, 0)
    finish = begin() + duration
    until = random_negexp(waiting)  : the first number is passed over: other simulators do so
    if (highest > 0) {
        until = 1000/highest*random_negexp(waiting)
        if (t + until < finish) {
            net_send(until, 1)
        }
    }
}

NET_RECEIVE (weight) {
    LOCAL until
    until = 1000/highest*random_negexp(waiting)
    if (t + until < finish) {
        net_send(until, 1)
    }
    if (random_uniform(choosing) < rate_now()/highest) {
        net_event(t)
    }
}

FUNCTION begin() (ms) {
VERBATIM
    _lbegin = begin_count > 0 && *(double*) _p_begins > 0 ? *(double*) _p_begins : 0;
ENDVERBATIM
}

FUNCTION rate_now() (/s) {
VERBATIM
    const double* from = (const double*) _p_begins;
    int bin = 0;
    while (bin + 1 < begin_count && t >= from[bin + 1]) {
        ++bin;
    }
    const bool holds = bin < rate_count && !(begin_count > 0 && t < from[0]);
    _lrate_now = holds ? ((const double*) _p_rates)[bin] : 0;
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

PROCEDURE setRate() {
VERBATIM
    rate_count = somascope_copy((void**) &_p_rates);
    highest = 0;
    for (int bin = 0; bin < rate_count; ++bin) {
        highest = fmax(highest, ((const double*) _p_rates)[bin]);
    }
ENDVERBATIM
}

PROCEDURE setTbins() {
VERBATIM
    begin_count = somascope_copy((void**) &_p_begins);
ENDVERBATIM
}

PROCEDURE setRNGs(first, second, third, fourth, fifth, sixth) {
    random_setids(waiting, first, second, third)
    random_setids(choosing, fourth, fifth, sixth)
}

DESTRUCTOR {
VERBATIM
    free(_p_rates);
    free(_p_begins);
ENDVERBATIM
}
