"""A cell, as a worker would describe it: a soma with squid channels, two dendrites, one odd channel."""

from engine.experiment.targets import CellReference
from engine.messages import events as e

CELL, OTHER, POINT = (CellReference("column", number) for number in (7, 8, 9))
_KINDS: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str, str], ...]], ...] = (
    ("capacitance", (), (("cm", "µF/cm²", "parameter"),)),
    (
        "hh",
        ("na", "k"),
        (
            *(("gnabar_hh", "S/cm²", "parameter"), ("gkbar_hh", "S/cm²", "parameter")),
            *(("gl_hh", "S/cm²", "parameter"), ("el_hh", "mV", "parameter"), ("m_hh", "", "state")),
        ),
    ),
    ("Ih", (), (("gIhbar_Ih", "S/cm²", "parameter"), ("ehcn_Ih", "mV", "parameter"))),
    ("Mystery", (), (("gbar_Mystery", "S/cm²", "parameter"), ("tau_Mystery", "ms", "parameter"))),
    ("na_ion", (), (("ena", "mV", "parameter"), ("nai", "mM", "parameter"), ("ina", "mA/cm²", "assigned"))),
    ("pas", (), (("g_pas", "S/cm²", "parameter"), ("e_pas", "mV", "parameter"))),
)


def _inserted(**values: tuple[float, ...]) -> tuple[e.InsertedMechanism, ...]:
    return tuple(e.InsertedMechanism(name=name, values=numbers) for name, numbers in values.items())


def _section(
    name: str, parent: str | None, mechanisms: tuple[e.InsertedMechanism, ...]
) -> e.SectionDescription:
    return e.SectionDescription(
        name=name,
        section_type=name.partition("[")[0],
        number=None,
        parent=parent,
        parent_x=0.5,
        length=100.0,
        axial_resistance=100.0,
        distance_from_soma=0.0,
        diameters=(1.0, 1.0),
        first_point=0,
        points=0,
        mechanisms=mechanisms,
    )


def described(cell: CellReference = CELL) -> e.Description:
    """Sodium only in the soma; the h-current is twice as dense in dend[1] as in dend[0]."""
    soma = _inserted(
        capacitance=(1.0,),
        hh=(0.12, 0.036, 0.0003, -54.3, 0.05),
        Mystery=(0.5, 3.0),
        na_ion=(50.0, 10.0, 0.0),
    )
    near = _inserted(capacitance=(1.0,), Ih=(1e-4, -45.0), pas=(3e-5, -70.0))
    far = _inserted(capacitance=(2.0,), Ih=(2e-4, -45.0), pas=(3e-5, -70.0))
    dendrites = ("dend[0]", "dend[1]")
    return e.Description(
        request_id="describe",
        cell=cell,
        sections=(
            _section("soma[0]", None, soma),
            _section("dend[0]", "soma[0]", near),
            _section("dend[1]", "soma[0]", far),
        ),
        section_lists={
            "soma": ("soma[0]",),
            "dend": dendrites,
            "apic": (),
            "axon": (),
            "all": ("soma[0]", *dendrites),
        },
        mechanisms=tuple(
            e.MechanismKind(
                name=name,
                carries=carries,
                variables=tuple(
                    e.VariableKind.model_validate(
                        {"name": variable, "hoc_name": variable, "unit": unit, "role": role}
                    )
                    for variable, unit, role in variables
                ),
            )
            for name, carries, variables in _KINDS
        ),
        point_processes=(),
    )


def point() -> e.Description:
    """An artificial cell: nothing in it can be changed."""
    return e.Description(
        request_id="describe", cell=POINT, sections=(), section_lists={}, mechanisms=(), point_processes=()
    )
