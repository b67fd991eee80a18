TITLE Excitatory synapse: AMPA and NMDA receptors behind release sites that work at random

COMMENT
Somascope's own model. Short-term plasticity: Tsodyks & Markram 1997 (PNAS 94:719) with the facilitation
of Fuhrmann et al. 2002 (J Neurophysiol 87:140), each of Nrrp release sites a two-state process: it holds
a vesicle or does not, releases it with probability u when a spike comes, and has it back after a time
that is exponentially distributed with the mean Dep. On average this is the deterministic model.
Magnesium block of NMDA: Jahr & Stevens 1990 (J Neurosci 10:3178).

The weight of a NetCon is the peak conductance in nS of a release from all sites. Its fifth number says
where the spike comes from: 0 another cell, 1 spontaneous release, 2 a replay.
A release site asks its own random stream, Random123 numbered by setRNG, which starts anew at every INITIAL.
ENDCOMMENT

NEURON {
    POINT_PROCESS StochasticAMPANMDA
    NONSPECIFIC_CURRENT i
    RANGE tau_r_AMPA, tau_d_AMPA, tau_r_NMDA, tau_d_NMDA, NMDA_ratio, gmax, e
    RANGE mg, slope_mg, scale_mg
    RANGE Use, Dep, Fac, Nrrp, u0, init_depleted, minis_single_vesicle
    RANGE u, tsyn, occupied, unoccupied
    RANGE g, g_AMPA, g_NMDA, i_AMPA, i_NMDA
    RANGE synapseID, conductance, selected_for_report
    RANDOM stream
    THREADSAFE
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (uS) = (microsiemens)
    (mM) = (milli/liter)
}

PARAMETER {
    tau_r_AMPA = 0.2 (ms)
    tau_d_AMPA = 1.7 (ms)
    tau_r_NMDA = 0.29 (ms)
    tau_d_NMDA = 43 (ms)
    NMDA_ratio = 0.71 (1)
    gmax = 0.001 (uS)               : for each nS of the weight
    e = 0 (mV)
    mg = 1 (mM)
    slope_mg = 0.062 (/mV)
    scale_mg = 3.57 (mM)
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
    i_AMPA (nA)
    i_NMDA (nA)
    g (uS)
    g_AMPA (uS)
    g_NMDA (uS)
    u (1)
    tsyn (ms)                       : of the last spike, whether it released or not
    occupied (1)
    unoccupied (1)
    peak_AMPA (1)
    peak_NMDA (1)
    keep_rise_AMPA (1)
    keep_decay_AMPA (1)
    keep_rise_NMDA (1)
    keep_decay_NMDA (1)
}

STATE {
    rise_AMPA (1)
    decay_AMPA (1)
    rise_NMDA (1)
    decay_NMDA (1)
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
    rise_AMPA = 0
    decay_AMPA = 0
    rise_NMDA = 0
    decay_NMDA = 0
    peak_AMPA = at_peak(tau_r_AMPA, tau_d_AMPA)
    peak_NMDA = at_peak(tau_r_NMDA, tau_d_NMDA)
    keep_rise_AMPA = kept(tau_r_AMPA)
    keep_decay_AMPA = kept(tau_d_AMPA)
    keep_rise_NMDA = kept(tau_r_NMDA)
    keep_decay_NMDA = kept(tau_d_NMDA)
}

BREAKPOINT {
    LOCAL unblocked
    SOLVE relax
    unblocked = 1/(1 + exp(-slope_mg*v)*(mg/scale_mg))
    g_AMPA = gmax*(decay_AMPA - rise_AMPA)
    g_NMDA = gmax*(decay_NMDA - rise_NMDA)*unblocked
    g = g_AMPA + g_NMDA
    i_AMPA = g_AMPA*(v - e)
    i_NMDA = g_NMDA*(v - e)
    i = i_AMPA + i_NMDA
}

PROCEDURE relax() {
    rise_AMPA = keep_rise_AMPA*rise_AMPA
    decay_AMPA = keep_decay_AMPA*decay_AMPA
    rise_NMDA = keep_rise_NMDA*rise_NMDA
    decay_NMDA = keep_decay_NMDA*decay_NMDA
}

NET_RECEIVE (weight, of_AMPA, of_NMDA, released, nc_type) {
    INITIAL {                       : without this, NEURON would forget nc_type
        released = 0
    }
    if (weight > 0 && t >= 0) {     : a connection that is switched off draws no numbers
        facilitate()
        recover()
        released = let_go(nc_type)
        tsyn = t
        if (released > 0) {
            of_AMPA = released/Nrrp*weight*peak_AMPA
            of_NMDA = released/Nrrp*(weight*NMDA_ratio)*peak_NMDA
            rise_AMPA = rise_AMPA + of_AMPA
            decay_AMPA = decay_AMPA + of_AMPA
            rise_NMDA = rise_NMDA + of_NMDA
            decay_NMDA = decay_NMDA + of_NMDA
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
