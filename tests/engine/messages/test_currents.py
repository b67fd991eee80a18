"""Each current of the channels at a place is asked for once."""

from engine.messages.currents import currents_at
from engine.messages.events import Description, InsertedMechanism, MechanismKind, VariableKind
from tests.gui.cell.cells import y_shaped


def _kind(name: str, *currents: str, carries: tuple[str, ...] = ()) -> MechanismKind:
    variables = [VariableKind(name=f"{name}.g", hoc_name=f"g_{name}", unit="S/cm²", role="parameter")]
    variables += [
        VariableKind(name=each, hoc_name=each.replace(".", "_"), unit="mA/cm²", role="assigned")
        for each in currents
    ]
    return MechanismKind(name=name, variables=tuple(variables), carries=carries)


def _with(*kinds: MechanismKind) -> Description:
    description = y_shaped().anatomy.description
    inserted = tuple(
        InsertedMechanism(name=each.name, values=(None,) * len(each.variables)) for each in kinds
    )
    soma = description.sections[0].model_copy(update={"mechanisms": inserted})
    return description.model_copy(update={"mechanisms": kinds, "sections": (soma,)})


_IONS = (_kind("na_ion", "ina"), _kind("k_ion", "ik"))
_HH = _kind("hh", "hh.il", carries=("na", "k"))
_NAT = _kind("NaTg", "NaTg.ina", carries=("na",))
_IH = _kind("Ih", "Ih.ihcn")
_KSCHAN = _kind("Kv", "Kv.i")


def test_that_channels_that_keep_their_current_are_asked_for_it() -> None:
    assert currents_at(_with(*_IONS, _NAT, _IH, _KSCHAN), "soma[0]") == ("NaTg.ina", "Ih.ihcn", "Kv.i")


def test_that_of_others_the_sum_over_the_ion_is_taken_and_nothing_twice() -> None:
    assert currents_at(_with(*_IONS, _HH), "soma[0]") == ("ik", "ina", "hh.il")
    assert currents_at(_with(*_IONS, _HH, _NAT, _IH), "soma[0]") == ("ik", "ina", "hh.il", "Ih.ihcn")


def test_that_no_section_has_no_current() -> None:
    assert currents_at(_with(*_IONS, _HH), "axon[7]") == ()
