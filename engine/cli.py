"""The command line: what can be asked for, and what becomes of errors.

Exit codes: 0 done, 1 `doctor` found something to fix, 2 an input that cannot be used, 70 a bug of ours,
130 interrupted.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import __version__
from engine.errors import EngineError

BAD_INPUT = 2
BUG = 70
INTERRUPTED = 130
_OF_PROTOCOL = (
    *("name", "path", "cell", "out", "section", "x"),
    *("jobs", "vary", "scheduler", "overwrite", "mechanisms", "quiet", "nwb"),
)
_MAY_BE_MISSING = {"neuron": "NEURON", "libsonata": "libsonata"}  # they have no packages for Windows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without µ must not end a run
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.command is None:
        parser.print_help()
        return 0
    try:
        return _perform(chosen)
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a person gets a sentence, whatever it is
        return _say(error)


def _say(error: BaseException) -> int:
    """Print what ended a command; the exit code."""
    code, sentence = _last_word(error)
    print(sentence, file=sys.stderr)
    return code


def _last_word(error: BaseException) -> tuple[int, str]:
    """Exit code and sentence for what ended a command; the traceback of a bug goes to the log."""
    match error:
        case EngineError():
            return BAD_INPUT, " ".join(str(error).split())
        case KeyboardInterrupt():
            return INTERRUPTED, "Interrupted: nothing was written."
        case ModuleNotFoundError(name=str(name)) if name in _MAY_BE_MISSING:
            return BAD_INPUT, f"{_MAY_BE_MISSING[name]} is not installed here: `somascope doctor` says how."
    return BUG, _report_bug(error)


def _perform(chosen: argparse.Namespace) -> int:
    """Import what the command needs and nothing else: `info` must not wait for NEURON."""
    match chosen.command:
        case "info":
            from engine.commands.info import show_circuit

            return show_circuit(chosen.path, as_json=chosen.json)
        case "run":
            return _run(chosen)
        case "job":
            return _job(chosen)
        case "features":
            from engine.analysis.feature_server import main as serve_features

            return serve_features()
        case "worker":
            from engine.worker.__main__ import serve

            return serve(chosen.memory_limit_mib)
        case "export":
            from engine.commands.export import export_script, export_sonata

            write = export_script if chosen.sonata is None else export_sonata
            folder = chosen.script if chosen.sonata is None else chosen.sonata
            return write(chosen.experiment, folder, trusted=chosen.trust, mechanisms=chosen.mechanisms)
        case "protocol":
            from engine.commands.protocol import Wanted, measure

            given = vars(chosen)
            return measure(
                Wanted(
                    trusted=chosen.trust,
                    settings=chosen.set,
                    **{name: given[name] for name in _OF_PROTOCOL},
                )
            )
        case _:
            from engine.commands.doctor import examine

            return examine()


def _job(chosen: argparse.Namespace) -> int:
    """Stdout is taken before NEURON is imported, which prints there."""
    from engine.worker.beginning import begin, begin_rank

    if chosen.ranks is None:
        channel = begin()
        from engine.commands.job import Files, serve_one

        return serve_one(channel, Files(*_files(chosen)))
    events = begin_rank()
    from engine.commands.job import Files, serve_as_rank

    return serve_as_rank(events, Files(*_files(chosen)), chosen.ranks)


def _files(chosen: argparse.Namespace) -> tuple[Any, ...]:
    return chosen.circuit, chosen.mechanisms, chosen.out, chosen.spikes_file, chosen.sort


def _run(chosen: argparse.Namespace) -> int:
    """One in this process, several in processes of their own."""
    options: dict[str, Any] = {
        "out": chosen.out,
        "overwrite": chosen.overwrite,
        "trusted": chosen.trust,
        "mechanisms": chosen.mechanisms,
        "quiet": chosen.quiet,
    }
    if chosen.dry_run:
        from engine.commands.dry_run import dry_run

        of_estimate = {name: options[name] for name in ("trusted", "mechanisms", "quiet")}
        return max(dry_run(path, ranks=chosen.mpi or 1, **of_estimate) for path in chosen.paths)
    if len(chosen.paths) > 1:
        from engine.commands.batch import run_many

        return run_many(chosen.paths, jobs=chosen.jobs, ranks=chosen.mpi, **options)
    if chosen.in_mpi:
        from engine.commands.run import run_as_rank

        return run_as_rank(chosen.paths[0], _say, **options)
    if chosen.mpi is not None:
        from engine.commands.batch import run_shared

        return run_shared(chosen.paths[0], ranks=chosen.mpi, **options)
    from engine.commands.run import run

    return run(chosen.paths[0], **options)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 at least")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="somascope",
        description="An oscilloscope for SONATA circuits: browse cells, stimulate them, watch the voltage.",
        epilog="Without a command the window opens: somascope [PATH] [--run], or --example NAME [--run];"
        " --safe-mode leaves its remembered layout alone.",
    )
    parser.add_argument("--version", action="version", version=f"Somascope {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    info = commands.add_parser("info", help="say what a circuit holds, and what is wrong with it")
    info.add_argument(
        "path", metavar="PATH", help="a circuit, a simulation configuration, or a folder with one"
    )
    info.add_argument("--json", action="store_true", help="for programs")

    run = commands.add_parser("run", help="simulate, and write spikes and reports")
    run.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a simulation configuration, a folder with one, an experiment file, or example:NAME",
    )
    run.add_argument(
        "--out", type=Path, metavar="DIR", help="where the results go; of several, into DIR/NAME"
    )
    run.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="so many of several at a time, in processes"
    )
    run.add_argument(
        "--mpi", type=_positive, metavar="N", help="let N processes share the cells of a run (needs Open MPI)"
    )
    run.add_argument(
        "--in-mpi", action="store_true", help="this is one of the processes that mpiexec or srun has started"
    )
    run.add_argument(
        "--dry-run", action="store_true", help="run nothing; say how long it would take, and how much memory"
    )
    run.add_argument("--overwrite", action="store_true", help="also into a folder that somebody else made")
    run.add_argument(
        "--trust", action="store_true", help="let this circuit's code (hoc, mod) run, now and later"
    )
    run.add_argument(
        "--mechanisms", type=Path, metavar="DIR", help="a folder of mod files that the circuit needs"
    )
    run.add_argument("--quiet", action="store_true", help="no progress, no summary: errors only")

    # Not for people: how `run` starts its jobs, and a frozen program, which has no `python -m`, its workers.
    job = commands.add_parser("job")
    for option in ("--circuit", "--mechanisms", "--out"):
        job.add_argument(option, type=Path)
    for option in ("--spikes-file", "--sort"):
        job.add_argument(option)
    job.add_argument("--ranks", type=_positive)
    commands.add_parser("features")
    worker = commands.add_parser("worker")
    worker.add_argument("--memory-limit-mib", type=int, metavar="N")

    commands.add_parser("doctor", help="check this installation and say how to mend it")

    export = commands.add_parser("export", help="write an experiment for other programs")
    export.add_argument("experiment", metavar="EXPERIMENT", help="an experiment file, or example:NAME")
    form = export.add_mutually_exclusive_group(required=True)
    form.add_argument("--sonata", type=Path, metavar="DIR", help="as a SONATA simulation configuration")
    form.add_argument("--script", type=Path, metavar="DIR", help="as a Python script for plain NEURON")
    _add_building(export)

    _add_protocol(commands)
    return parser


def _add_protocol(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    protocol = commands.add_parser(
        "protocol",
        help="measure a cell: f-I curve, rheobase, voltage clamp, …",
        epilog="Families of numbers are FIRST:LAST:COUNT, or A,B,C, or a formula such as '0.02*i x 11'.",
    )
    protocol.add_argument("name", metavar="NAME", help="such as fi, iv, rheobase, voltage-clamp")
    protocol.add_argument(
        "path", metavar="PATH", help="a circuit, a simulation configuration or an experiment"
    )
    protocol.add_argument("--cell", required=True, metavar="POPULATION:ID", help="which cell")
    protocol.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the results go")
    protocol.add_argument("--section", default="soma[0]", metavar="NAME", help="where; soma[0] if not given")
    protocol.add_argument(
        "--x", type=float, default=0.5, metavar="X", help="where on the section, from 0 to 1"
    )
    protocol.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the protocol"
    )
    protocol.add_argument(
        "--vary", default="", metavar="NAME=VALUES", help="play it at each value of one more setting"
    )
    protocol.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="so many sweeps at a time, in processes"
    )
    protocol.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="of a dask.distributed cluster",
    )
    protocol.add_argument(
        "--overwrite", action="store_true", help="also into a folder that somebody else made"
    )
    protocol.add_argument(
        "--nwb", action="store_true", help="also write all sweeps as NWB (needs the extra nwb: pynwb)"
    )
    protocol.add_argument("--quiet", action="store_true", help="no progress, no summary: errors only")
    _add_building(protocol)


def _add_building(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--trust", action="store_true", help="let this circuit's code (hoc, mod) run, now and later"
    )
    command.add_argument(
        "--mechanisms", type=Path, metavar="DIR", help="a folder of mod files that the circuit needs"
    )


def _report_bug(error: BaseException) -> str:
    import traceback

    from engine.user_files import log_folder

    trace = "".join(traceback.format_exception(error))
    try:
        path = log_folder() / "somascope.log"
        with path.open("a", encoding="utf-8") as log:
            log.write(f"--- Somascope {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{trace}\n")
    except (EngineError, OSError):
        return f"{trace}Somascope met a bug of its own; please report the lines above."
    return f"Somascope met a bug of its own ({type(error).__name__}); please report it with {path}."


if __name__ == "__main__":
    raise SystemExit(main())
