"""Starting one program as several processes that talk by MPI: what it takes on this machine."""

import ctypes.util
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

from engine.errors import EngineError
from engine.launch import WorkerCommand

LIBRARY_VARIABLE: Final = "MPI_LIB_NRN_PATH"  # where NEURON looks for the library first
_INSTALL: Final = (
    "Install Open MPI: `sudo apt-get install openmpi-bin` on Debian and Ubuntu, "
    "`brew install open-mpi` on macOS."
)
_SETTINGS: Final = {
    # of Open MPI 4, then 5: more processes than cores are the user's choice, and none is tied to a core
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "PRTE_MCA_hwloc_default_binding_policy": "none",
    "OMPI_MCA_mpi_yield_when_idle": "1",  # who waits for spikes of others lets them have the core
}
_AS_ROOT: Final = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def under_mpi(command: WorkerCommand, ranks: int) -> WorkerCommand:
    """The same command, started as so many processes. EngineError where MPI is missing."""
    launcher = find_launcher()
    environment = {**launcher_environment(), **library_environment(), **command.environment}
    arguments = ("-n", str(ranks), command.program, *command.arguments)
    return replace(command, program=launcher, arguments=arguments, environment=environment)


def launcher_environment() -> dict[str, str]:
    """What lets mpiexec start as many processes as it is asked to, whatever this machine is."""
    # in containers there is nobody but root
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {**_SETTINGS, **(_AS_ROOT if is_root else {})}


def find_launcher() -> str:
    """The path of mpiexec; EngineError says what to install."""
    launcher = shutil.which("mpiexec") or shutil.which("mpirun")
    if launcher is None:
        raise EngineError("There is no mpiexec to start several processes with.", hint=_INSTALL)
    return launcher


def library_environment() -> dict[str, str]:
    """What tells NEURON where the MPI library is: it knows names that only developers' packages have.

    EngineError says what to install where there is no library.
    """
    if LIBRARY_VARIABLE in os.environ:
        return {}
    name = ctypes.util.find_library("mpi") or _beside_launcher()
    if name is None:
        raise EngineError("There is no MPI library (libmpi) for NEURON to use.", hint=_INSTALL)
    return {LIBRARY_VARIABLE: name}


def _beside_launcher() -> str | None:
    folder = Path(find_launcher()).resolve().parents[1]
    found = sorted(path for lib in ("lib", "lib64") for path in (folder / lib).glob("libmpi.*"))
    return next((str(path) for path in found if {".so", ".dylib"} & set(path.suffixes)), None)
