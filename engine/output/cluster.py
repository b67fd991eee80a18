"""A folder to run an experiment from on a cluster: the experiment, the same as SONATA, and a job script."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, field_validator

from engine.circuit.problems import Problem
from engine.errors import EngineError
from engine.experiment import store
from engine.experiment.base import Frozen, changed
from engine.experiment.experiment import Experiment
from engine.experiment.sonata_export import to_simulation_config
from engine.units import Unit
from engine.user_files import write_whole

EXPERIMENT_NAME: Final = f"experiment{store.SUFFIX}"
SCRIPT_NAME: Final = "job.sh"
NEURODAMUS_NAME: Final = "neurodamus.sh"
README_NAME: Final = "README.txt"
_MOST_RANKS: Final = 1_000_000
_SAVING_S: Final = 120  # before the end of its time a job is told to write what it has
Hours = Annotated[float, Unit("h")]


class ClusterJob(Frozen):
    """What a cluster is asked for."""

    name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_.-]+$", title="Name", description="Of the job; no spaces"),
    ] = "somascope"
    nodes: Annotated[int, Field(ge=1, le=100_000, title="Nodes", description="Computers that take part")] = 1
    ranks_per_node: Annotated[
        int, Field(ge=1, le=1024, title="Processes per node", description="At most one for each core")
    ] = 32
    hours: Annotated[
        Hours, Field(gt=0, le=10_000, title="Time limit", description="What is not done by then is stopped")
    ] = 4.0
    setup: Annotated[
        str, Field(description="Lines of shell, such as module load openmpi; several, so not in the form")
    ] = "# module load openmpi\n# source ~/somascope/bin/activate\n"

    @field_validator("setup")
    @classmethod
    def _has_lines_of_unix(cls, text: str) -> str:
        return text.replace("\r\n", "\n")

    @property
    def ranks(self) -> int:
        """How many processes share the run."""
        return self.nodes * self.ranks_per_node

    @property
    def time_limit(self) -> str:
        """As SLURM has it: hours:minutes:seconds."""
        seconds = max(round(self.hours * 3600), 60)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files that were written, and what of the experiment SONATA cannot say."""

    folder: Path
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


def prepare_for_cluster(
    experiment: Experiment, base: Path, circuit: Path, folder: Path, job: ClusterJob
) -> Prepared:
    """Write the folder; `base` is what the experiment's paths count from, `circuit` its configuration.

    EngineError for a folder that holds other files, and where nothing could be written.
    """
    _require_free(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    document = folder / EXPERIMENT_NAME
    pointed = changed(experiment, circuit=store.circuit_reference(circuit, base / EXPERIMENT_NAME))
    saved = store.save(pointed, document, folder=base)
    exported = to_simulation_config(experiment, circuit, folder, base=base)
    texts = {
        SCRIPT_NAME: _script(job),
        NEURODAMUS_NAME: _neurodamus_script(job),
        README_NAME: "\n".join(_readme(saved, job)) + "\n",
    }
    for name, text in texts.items():
        write_whole(folder / name, text)
    for name in (SCRIPT_NAME, NEURODAMUS_NAME):
        (folder / name).chmod(0o755)
    return Prepared(folder, (document, exported.path, *(folder / name for name in texts)), exported.problems)


def _require_free(folder: Path) -> None:
    """Only what an earlier preparation wrote may be written over."""
    try:
        there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    except OSError as error:
        raise EngineError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    if there and SCRIPT_NAME not in there:
        raise EngineError(
            f"The folder {folder} holds other files.", hint="Choose an empty one, or a new name."
        )


def _head(job: ClusterJob, what: str) -> str:
    return f"""\
#!/bin/bash
# {what}
#   on a cluster with SLURM:  sbatch {SCRIPT_NAME}
#   anywhere with MPI:        RANKS=2 bash {SCRIPT_NAME}
#SBATCH --job-name={job.name}
#SBATCH --nodes={job.nodes}
#SBATCH --ntasks-per-node={job.ranks_per_node}
#SBATCH --time={job.time_limit}
#SBATCH --signal=TERM@{_SAVING_S}
#SBATCH --output=%x-%j.log
set -euo pipefail
cd "${{SLURM_SUBMIT_DIR:-$(dirname "${{BASH_SOURCE[0]}}")}}"

{job.setup.rstrip()}

if [ -n "${{SLURM_JOB_ID:-}}" ]; then
  start=(srun)
else
  start=(mpiexec -n "${{RANKS:-{job.ranks}}}")
fi
"""


def _script(job: ClusterJob) -> str:
    return f"""\
{_head(job, "Runs the experiment; its cells are shared by all processes.")}
"${{start[@]}}" ${{SOMASCOPE:-somascope}} run {EXPERIMENT_NAME} --in-mpi --trust --out results
"""


def _neurodamus_script(job: ClusterJob) -> str:
    head = _head(job, "Runs the SONATA configuration in neurodamus.").replace(SCRIPT_NAME, NEURODAMUS_NAME)
    return f"""\
{head}
# special: NEURON with the mod files of neurodamus and of the circuit, made by build_neurodamus
"${{start[@]}}" special -mpi -python "$NEURODAMUS_PYTHON/init.py" --configFile=simulation_config.json
"""


def _readme(saved: Experiment, job: ClusterJob) -> Iterator[str]:
    files = [each.spike_file for each in saved.replays if hasattr(each, "spike_file")]
    yield f"To run on {job.nodes} x {job.ranks_per_node} processes, for at most {job.time_limit}."
    yield ""
    yield "1. Copy this folder to the cluster. These paths count from it and must be there, too:"
    yield from (f"     {shlex.quote(path)}" for path in (saved.circuit.path, *files))
    yield "2. Install Somascope there, in a virtual environment, and an MPI such as Open MPI."
    yield f"3. Look at {SCRIPT_NAME}: what your cluster asks for, such as an account, goes under #SBATCH."
    yield f"4. sbatch {SCRIPT_NAME}     (without SLURM: RANKS=8 bash {SCRIPT_NAME})"
    yield ""
    yield "The results come into the folder results: spikes and reports as SONATA, those of one process."
    yield f"SLURM warns the run {_SAVING_S} s before its time is up; what was computed by then is kept."
    yield "--trust in the script lets the circuit's code (hoc and mod files) run without a question."
    yield "Mod files are compiled once, by the first process, into the user's cache folder."
    yield ""
    yield f"{EXPERIMENT_NAME}  what Somascope runs and opens"
    yield "simulation_config.json     the same as SONATA, for other simulators, as far as SONATA can say it"
    yield f"{NEURODAMUS_NAME}              how neurodamus runs it"
