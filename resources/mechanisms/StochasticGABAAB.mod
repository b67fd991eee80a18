TITLE Inhibitory synapse: GABA-A and GABA-B receptors behind release sites that work at random

COMMENT
Somascope's own model. Short-term plasticity: Tsodyks & Markram 1997 (PNAS 94:719) with the facilitation
of Fuhrmann et al. 2002 (J Neurophysiol 87:140), each of Nrrp release sites a two-state process: it holds
a vesicle or does not, releases it with probability u when a spike comes, and has it back after a time
that is exponentially distributed with the mean Dep. On average this is the deterministic model.

The weight of a NetCon is the peak conductance in nS of a release from all sites. Its fifth number says
where the spike comes from: 0 another cell, 1 spontaneous release, 2 a replay.
A release site asks its own random stream, Random123 numbered by setRNG, which starts anew at every INITIAL.
ENDCOMMENT

NEURON {
    POINT_PROCESS StochasticGABAAB
    NONSPECIFIC_CURRENT i
    RANGE tau_r_GABAA, tau_d_GABAA, tau_r_GABAB, tau_d_GABAB, GABAB_ratio, gmax, e_GABAA, e_GABAB
    RANGE Use, Dep, Fac, Nrrp, u0, init_depleted, minis_single_vesicle
    RANGE u, tsyn, occupied, unoccupied
    RANGE i, g, g_GABAA, g_GABAB, i_GABAA, i_GABAB
    RANGE synapseID, conductance, selected_for_report
    RANDOM stream
    THREADSAFE
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (uS) = (microsiemens)
}

PARAMETER {
    tau_r_GABAA = 0.2 (ms)
    tau_d_GABAA = 8 (ms)
    tau_r_GABAB = 3.5 (ms)
    tau_d_GABAB = 260.9 (ms)
    GABAB_ratio = 0 (1)
    gmax = 0.001 (uS)               : for each nS of the weight
    e_GABAA = -80 (mV)
    e_GABAB = -97 (mV)
    Use = 1 (1)
    Dep = 100 (ms)
    Fac = 10 (ms)
    Nrrp = 1 (1)
    u0 = 0 (1)
    init_depleted = 0 (1)           : 1: no site holds a vesicle at the start
    minis_single_vesicle = 0 (1)    : 1: spontaneous release is of one site at most
    synapseID = 0
    conductance = 0
    selected_for_report = 0
}

ASSIGNED {
    v (mV)
    dt (ms)
    i (nA)
    i_GABAA (nA)
    i_GABAB (nA)
    g (uS)
    g_GABAA (uS)
    g_GABAB (uS)
    u (1)
    tsyn (ms)                       : of the last spike, whether it released or not
    occupied (1)
    unoccupied (1)
    peak_GABAA (1)
    peak_GABAB (1)
    keep_rise_GABAA (1)
    keep_decay_GABAA (1)
    keep_rise_GABAB (1)
    keep_decay_GABAB (1)
}

STATE {
    rise_GABAA (1)
    decay_GABAA (1)
    rise_GABAB (1)
    decay_GABAB (1)
}

INITIAL {
    random_setseq(stream, 0)
    u = u0
    tsyn = 0
    occupied = Nrrp
    if (init_depleted) {
        occupied = 0
    }
    unoccupied = Nrrp - occupied
    rise_GABAA = 0
    decay_GABAA = 0
    rise_GABAB = 0
    decay_GABAB = 0
    peak_GABAA = at_peak(tau_r_GABAA, tau_d_GABAA)
    peak_GABAB = at_peak(tau_r_GABAB, tau_d_GABAB)
    keep_rise_GABAA = kept(tau_r_GABAA)
    keep_decay_GABAA = kept(tau_d_GABAA)
    keep_rise_GABAB = kept(tau_r_GABAB)
    keep_decay_GABAB = kept(tau_d_GABAB)
}

BREAKPOINT {
    SOLVE relax
    g_GABAA = gmax*(decay_GABAA - rise_GABAA)
    g_GABAB = gmax*(decay_GABAB - rise_GABAB)
    g = g_GABAA + g_GABAB
    i_GABAA = g_GABAA*(v - e_GABAA)
    i_GABAB = g_GABAB*(v - e_GABAB)
    i = i_GABAA + i_GABAB
}

PROCEDURE relax() {
    rise_GABAA = keep_rise_GABAA*rise_GABAA
    decay_GABAA = keep_decay_GABAA*decay_GABAA
    rise_GABAB = keep_rise_GABAB*rise_GABAB
    decay_GABAB = keep_decay_GABAB*decay_GABAB
}

NET_RECEIVE (weight, of_GABAA, of_GABAB, released, nc_type) {
    INITIAL {                       : without this, NEURON would forget nc_type
        released = 0
    }
    if (weight > 0 && t >= 0) {     : a connection that is switched off draws no numbers
        facilitate()
        recover()
        released = let_go(nc_type)
        tsyn = t
        if (released > 0) {
            of_GABAA = released/Nrrp*weight*peak_GABAA
            of_GABAB = released/Nrrp*(weight*GABAB_ratio)*peak_GABAB
            rise_GABAA = rise_GABAA + of_GABAA
            decay_GABAA = decay_GABAA + of_GABAA
            rise_GABAB = rise_GABAB + of_GABAB
            decay_GABAB = decay_GABAB + of_GABAB
        }
    }
}

PROCEDURE facilitate() {
    if (Fac > 0) {
        u = u*exp(-(t - tsyn)/Fac)
        u = u + Use*(1 - u)
    } else {
        u = Use
    }
}

PROCEDURE recover() {
    LOCAL still_empty
    still_empty = exp(-(t - tsyn)/Dep)
    FROM site = 1 TO unoccupied {
        if (random_uniform(stream) > still_empty) {
            occupied = occupied + 1
        }
    }
}

FUNCTION let_go(nc_type) {
    LOCAL asked, count
    asked = occupied
    if (minis_single_vesicle && nc_type == 1 && asked > 1) {
        asked = 1
    }
    count = 0
    FROM site = 1 TO asked {
        if (random_uniform(stream) < u) {
            count = count + 1
        }
    }
    occupied = occupied - count
    unoccupied = Nrrp - occupied
    let_go = count
}

FUNCTION at_peak(rise (ms), decay (ms)) (1) {
    LOCAL time
    time = rise*decay/(decay - rise)*log(decay/rise)
    at_peak = 1/(exp(-time/decay) - exp(-time/rise))
}

FUNCTION kept(tau (ms)) (1) {
    kept = exp(dt*(-1/tau))         : of an exponential after one time step
}

PROCEDURE setRNG(first, second, third) {
    random_setids(stream, first, second, third)
}
