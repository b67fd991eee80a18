"""Hoc templates for tests, in each form that circuits have, with built-in channels only."""

_BODY = """
  public soma, axon, dend, apic, all, somatic, axonal, basal, apical, gid, ais, scale
  create soma[1], axon[1], dend[1], apic[1]
  objref all, somatic, axonal, basal, apical, this
  proc lists() {
    all = new SectionList() somatic = new SectionList() axonal = new SectionList()
    basal = new SectionList() apical = new SectionList()
    forall delete_section()
  }
  proc import_file() { localobj reader, gui, text, last
    text = new StringFunctions()
    last = new String($s1)
    text.right(last.s, text.len(last.s) - 4)
    if (strcmp(last.s, ".swc") == 0) { reader = new Import3d_SWC_read()
    } else { reader = new Import3d_Neurolucida3() }
    reader.quiet = 1
    reader.input($s1)
    gui = new Import3d_GUI(reader, 0)
    gui.instantiate(this)
  }
  proc channels() {
    forsec all { insert pas g_pas = 0.0001 e_pas = -70 nseg = 1 + 2*int(L/40) }
    forsec somatic insert CHANNEL
  }
  proc number() { local i
    i = 0
    forsec all { v(0.0001) = i i += 1 }
  }
  proc stub() { local first, second
    axon[0] first = v(0.0001)
    axon[1] second = v(0.0001)
    forsec axonal delete_section()
    execute1("create axon[2]", this)
    axon[0] { L = 30 diam = 1 all.append() axonal.append() if (NUMBERED) v(0.0001) = first }
    axon[1] { L = 30 diam = 1 all.append() axonal.append() if (NUMBERED) v(0.0001) = second }
    connect axon[0](0), soma[0](1)
    connect axon[1](0), axon[0](1)
  }
"""
_JOINED = 'strdef path sprint(path, "%s/%s", FOLDER, FILE) import_file(path)'


def _body(channel: str, *, numbered: bool) -> str:
    return _BODY.replace("CHANNEL", channel).replace("NUMBERED", str(int(numbered)))


def v6(name: str, channel: str = "hh") -> str:
    """(gid, folder, file, AIS_scaler, soma_scaler); numbers its sections, replaces its axon."""
    joined = _JOINED.replace("FOLDER", "$s2").replace("FILE", "$s3")
    return f"""{{load_file("stdrun.hoc")}}
strdef {name}_NeededAttributes
{name}_NeededAttributes = "AIS_scaler;soma_scaler"
begintemplate {name}
  public getCell, CellRef, re_init_rng, seed
  objref CellRef, this
  obfunc getCell() {{ return this }}
  proc re_init_rng() {{ seed = $1 }}
{_body(channel, numbered=True)}
  proc init() {{
    lists() CellRef = this gid = $1 {joined} number() ais = $4 scale = $5 stub() channels()
  }}
endtemplate {name}
"""


def bluepyopt(name: str, channel: str = "hh") -> str:
    """(folder, file); keeps its circular reference to itself, does not number its sections."""
    joined = _JOINED.replace("FOLDER", "$s1").replace("FILE", "$s2")
    return f"""begintemplate {name}
  objref CellRef
{_body(channel, numbered=False)}
  proc init() {{ lists() CellRef = this {joined} stub() channels() }}
endtemplate {name}
"""


def plain(name: str, channel: str = "hh") -> str:
    """(path): the object itself has the sections, all of the morphology."""
    return f"""begintemplate {name}
{_body(channel, numbered=False)}
  proc init() {{ lists() import_file($s1) channels() }}
endtemplate {name}
"""


def v5(name: str) -> str:
    """(gid, path): wraps a `Cell` and sets values by distance, both of which it takes from the circuit."""
    return f"""{{load_file("Cell.hoc")}}
{{load_file("TDistFunc.hoc")}}
begintemplate {name}
  public CellRef, getCell, gid
  objref CellRef, distances, this
  obfunc getCell() {{ return CellRef }}
  proc init() {{
    CellRef = new Cell($1, $s2)
    distances = new TDistFunc()
    CellRef.setCCell(this)
    gid = CellRef.gid
    CellRef.geom_nseg_fixed(40)
    CellRef.geom_nsec()
    CellRef.delete_axon()
    CellRef.insertChannel("all", "pas")
    CellRef.soma[0] distance()
    distances.distribute(CellRef.basal, "g_pas", "%g * 1e-6")
  }}
endtemplate {name}
"""
