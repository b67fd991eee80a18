"""The functions of a plain NEURON script, as text: a script holds those that it calls."""

from typing import Final, Literal

Part = Literal[
    "at",
    "cell",
    "template",
    "outlined",
    "imported",
    "membrane",
    "cylinder",
    "current",
    "conductance",
    "voltage",
    "synapse",
    "network",
    "change",
    "timed",
    "ttx",
    "variable",
    "record",
]

PARTS: Final[dict[Part, str]] = {
    "at": '''
def at(path):
    """The place of a file that is named as seen from this script."""
    return (HERE / path).as_posix()
''',
    "cell": '''
class Cell:
    """The sections of a cell by name: soma[0], dend[3], apic[12]. It lives as long as `owner` does."""

    def __init__(self, owner, body, sections):
        self.owner, self.body, self.sections = owner, body, {}
        for section in sections:
            name = section.name().rpartition(".")[2]
            self.sections[name if name.endswith("]") else f"{name}[0]"] = section

    def all(self):
        return list(self.sections.values())

    def kind(self, name):
        """The sections of one kind: soma, axon, dend, apic."""
        lists = {"soma": "somatic", "axon": "axonal", "dend": "basal", "apic": "apical"}
        listed = list(getattr(self.body, lists[name], []))
        return listed or [each for key, each in self.sections.items() if key.startswith(f"{name}[")]

    def reseed(self, seed):
        """Start the random streams of stochastic channels, where the template has them."""
        if hasattr(self.owner, "re_init_rng"):
            self.owner.re_init_rng(seed)
''',
    "template": '''
templates = set()


def template_cell(file, template, *arguments):
    """A cell of a hoc template; its file is executed once."""
    if file not in templates and h.load_file(1, at(file)) != 1:
        raise SystemExit(f"{file} cannot be loaded.")
    templates.add(file)
    owner = getattr(h, template)(*arguments)
    body = owner.getCell() if hasattr(owner, "getCell") else getattr(owner, "CellRef", owner)
    if hasattr(body, "all"):
        return Cell(owner, body, body.all)
    soma = body.soma if isinstance(body.soma, type(h.Section())) else body.soma[0]
    return Cell(owner, body, soma.wholetree())
''',
    "outlined": '''
def with_soma(cell, points):
    """The cell with another form of its soma: 3-D points and diameters in um."""
    for soma in cell.kind("soma"):
        soma.pt3dclear()
        for point in points:
            soma.pt3dadd(*point)
    return cell
''',
    "imported": '''
def imported_cell(morphology, stub=None):
    """The sections of an SWC or ASC file; `stub` puts two sections of 30 um in place of the axon.

    A stub is (where on the soma it starts, its two diameters in um, its 3-D points or None).
    """
    owner = h.SomascopeImportedCell()
    reader = h.Import3d_SWC_read() if morphology.lower().endswith(".swc") else h.Import3d_Neurolucida3()
    reader.quiet = 1
    reader.input(at(morphology))
    h.Import3d_GUI(reader, 0).instantiate(owner)
    if stub is not None:
        soma_x, diameters, points = stub
        owner.replace_axon()
        owner.axon[0].connect(owner.soma[0](soma_x))
        owner.axon[1].connect(owner.axon[0](1))
        for index, section in enumerate(owner.axon):
            for point in points[index] if points else []:
                section.pt3dadd(*point)
            section.L = 30
            if not points:
                section.diam = diameters[index]
    return Cell(owner, owner, owner.all)


def segments_by_length(cell, half_length):
    """An odd number of segments per section, each about 2 * `half_length` um long."""
    for section in cell.all():
        section.nseg = 1 + 2 * int(section.L / (2 * half_length))
    return cell


def segments_by_length_constant(cell):
    """An odd number of segments per section, each a tenth of the length constant at 100 Hz."""
    for section in cell.all():
        section.nseg = 2 * int((section.L / (0.1 * h.lambda_f(100, sec=section)) + 0.9) / 2) + 1
    return cell
''',
    "membrane": '''
def with_membrane(cell, everywhere, parameters, reversals):
    """Put mechanisms in.

    `everywhere`: mechanisms of all sections; `parameters`: (kind of section, mechanism, variable, value);
    `reversals`: (kind of section, ion, mV) for the sections that use the ion.
    """
    for mechanism in everywhere:
        for section in cell.all():
            section.insert(mechanism)
    for kind, mechanism, variable, value in parameters:
        for name, section in cell.sections.items():
            if name.startswith(f"{kind}["):
                if mechanism:
                    section.insert(mechanism)
                setattr(section, variable, value)
    for kind, ion, potential in reversals:
        for name, section in cell.sections.items():
            if name.startswith(f"{kind}[") and h.ismembrane(f"{ion}_ion", sec=section):
                setattr(section, f"e{ion}", potential)
    return cell


def with_uniform_membrane(cell, mechanism, **values):
    """The same mechanism and values everywhere."""
    for section in cell.all():
        section.insert(mechanism)
        for name, value in values.items():
            setattr(section, name, value)
    return cell
''',
    "cylinder": '''
def cylinder(length, diameter):
    """A cell of one section; sizes in um."""
    soma = h.Section(name="soma[0]")
    soma.L, soma.diam = length, diameter
    return Cell(soma, None, [soma])
''',
    "current": '''
def play_current(segment, times, amplitudes):
    """A current in nA; before the first point and after the last one it is zero."""
    electrode = h.IClamp(segment)
    electrode.delay, electrode.dur = 0, times[-1]
    if times[0] > 0:
        times, amplitudes = np.r_[0, times[0], times], np.r_[0, 0, amplitudes]
    electrode_points.append((h.Vector(times), h.Vector(amplitudes)))
    electrode_points[-1][1].play(electrode._ref_amp, electrode_points[-1][0], 1)
    return electrode
''',
    "conductance": '''
def play_conductance(segment, times, amplitudes, reversal):
    """A conductance in uS: a voltage clamp at its reversal potential, whose resistance is 1 / g."""
    if times[0] > 0:
        times, amplitudes = np.r_[0, times[0], times], np.r_[0, 0, amplitudes]
    usable = (np.asarray(amplitudes) > 1e-9) & (np.asarray(amplitudes) < 1e9)
    resistances = np.full(len(amplitudes), 1e9)
    resistances[usable] = 1.0 / np.asarray(amplitudes)[usable]
    electrode = h.SEClamp(segment)
    electrode.amp1, electrode.rs = reversal, 1e9
    electrode.dur1, electrode.dur2, electrode.dur3 = times[-1], 0, 0
    electrode_points.append((h.Vector(times), h.Vector(resistances)))
    electrode_points[-1][1].play(electrode._ref_rs, electrode_points[-1][0], 1)
    return electrode
''',
    "voltage": '''
def play_voltage(segment, times, amplitudes, series_resistance):
    """A voltage clamp, voltages in mV; after the last point it is off."""
    electrode = h.SEClamp(segment)
    electrode.amp1, electrode.rs = amplitudes[0], series_resistance
    electrode.dur1, electrode.dur2, electrode.dur3 = times[-1], 0, 0
    electrode_points.append((h.Vector(times), h.Vector(amplitudes)))
    electrode_points[-1][1].play(electrode._ref_amp1, electrode_points[-1][0], 1)
    return electrode
''',
    "synapse": '''
def place_synapse(segment, times, rise, decay, reversal, weight):
    """A synapse that gets an event at each of these times (ms); its weight is in uS."""
    synapse = h.Exp2Syn(segment)
    synapse.tau1, synapse.tau2, synapse.e = rise, decay, reversal
    events.append((h.NetCon(None, synapse, 0, 0, weight), times))
    return synapse
''',
    "network": '''
class Network:
    """The circuit's synapses, from a table. It lives as long as the cells do."""

    def __init__(self, file, threshold):
        self.table = dict(np.load(at(file)))
        self.synapses, self.sources, self.kept = [], [], []
        self.build_synapses()
        for outside, cell, section, x in self.rows("source", "is outside", "cell", "section", "x"):
            self.sources.append(self.outside() if outside else cells[cell].sections[section](x))
        for source, synapse, delay, weight in self.rows(
            "connection", "source", "synapse", "delay (ms)", "weight"
        ):
            self.connect(self.sources[source], self.synapses[synapse], threshold, delay, weight)
        self.releases = [self.release(*row) for row in self.rows("release", "synapse", "weight", "kind at")]

    def rows(self, what, *columns):
        return zip(*(self.table[f"{what} {column}"].tolist() for column in columns))

    def build_synapses(self):
        built = {}  # how many of each kind
        for kind, cell, section, x in self.rows("synapse", "kind", "cell", "section", "x"):
            synapse = getattr(h, kind)(cells[cell].sections[section](x))
            row = built[kind] = built.get(kind, -1) + 1
            names, values = self.table[f"{kind} variables"], self.table[f"{kind} values"][row]
            for name, value in zip(names.tolist(), values.tolist()):
                setattr(synapse, name, value)
            stream = self.table[f"{kind} streams"][row].tolist()
            if stream:
                synapse.setRNG(*stream)
            self.synapses.append(synapse)

    def outside(self):
        """A node that is not simulated: it fires in the moment in which it gets an event."""
        cell = h.IntFire1()
        cell.refrac = 0
        return cell, h.NetCon(None, cell, 0, 0, 2)

    def connect(self, source, synapse, threshold, delay, weight):
        if isinstance(source, tuple):
            self.kept.append(h.NetCon(source[0], synapse, 0, delay, weight))
        else:
            self.kept.append(h.NetCon(source._ref_v, synapse, threshold, delay, weight, sec=source.sec))

    def release(self, synapse, weight, kind_at):
        """What makes a synapse release by itself."""
        connection = h.NetCon(None, self.synapses[synapse], 0, 0, weight)
        if kind_at >= 0:
            connection.weight[kind_at] = 1
        return connection

    def send(self):
        """Queue all that comes from outside; after NEURON has initialised."""
        for source, time in self.rows("spike", "source", "time (ms)"):
            self.sources[source][1].event(time)
        for number, time in self.rows("release event", "of", "time (ms)"):
            self.releases[number].event(time)
''',
    "change": '''
built_with = {}  # what the variables that change were before


def assign(owner, variable, operator, value):
    before = getattr(owner, variable)
    built_with.setdefault((owner, variable), before)
    results = {"=": value, "*=": before * value, "+=": before + value, "-=": before - value}
    setattr(owner, variable, before / value if operator == "/=" else results[operator])


def change_sections(sections, assignments):
    """Change the sections that have all of the variables."""
    for section in sections:
        if all(hasattr(section(0.5), name) or name in ("Ra", "L") for name, _, _ in assignments):
            for name, operator, value in assignments:
                for owner in [section] if name in ("Ra", "L") else section:
                    assign(owner, name, operator, value)


def change_segments(segments, assignments):
    for segment in segments:
        for name, operator, value in assignments:
            assign(segment, name, operator, value)
''',
    "timed": '''
timed_changes = []  # from when to when (ms), a function, and what it is called with; made in this order


def change_for(time):
    """Make everything as it is from a time (ms) on: as it was built, with the changes that hold then."""
    for (owner, name), value in built_with.items():
        setattr(owner, name, value)
    for begin, end, function, where, assignments in timed_changes:
        if begin <= time < end:
            function(where, assignments)
    if h.CVode().active() and time > 0:
        h.CVode().re_init()


def solve_to(time, dt):
    """Go on to the time step, or with a variable step to the sample, that is nearest to a time (ms)."""
    steps = int(np.ceil(max((time - h.t) / dt - 0.501, 0)))
    if steps > 0 and h.CVode().active():
        samples = np.cumsum(np.full(round(h.t / dt) + steps, dt))  # as NEURON adds them up
        solver.psolve(float(samples[-1]))
        solver.psolve(float(np.nextafter(h.t, np.inf)))  # lets the sample be taken
    elif steps > 0:
        solver.psolve(h.t + (steps + 0.25) * dt)
''',
    "ttx": """
def block_sodium(sections, switch):
    for section in sections:
        section.insert(switch)
        for segment in section:
            setattr(segment, f"ttxo_level_{switch}", 1.0)
""",
    "variable": '''
def variable(segment, name):
    """NEURON's reference to a variable of a segment: v, ina, hh.m, IClamp.i, IClamp[1].i."""
    if name == "i_membrane":
        h.CVode().use_fast_imem(1)
        return segment._ref_i_membrane_
    owner, _, own_name = name.rpartition(".")
    kind, _, index = owner.rstrip("]").partition("[")
    there = [each for each in segment.point_processes()[::-1] if each.hname().startswith(f"{kind}[")]
    if owner and there:
        return getattr(there[int(index or 0)], f"_ref_{own_name}")
    return getattr(segment, f"_ref_{own_name}_{owner}" if owner else f"_ref_{own_name}")
''',
    "record": '''
def record(reference, *interval):
    """A sample at every time step, or every `interval` ms."""
    return h.Vector().record(reference, *interval)
''',
}
