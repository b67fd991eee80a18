"""What has become of a run, in words."""

from engine.messages import events as e
from gui.session.run import Run

NO_RUN = "Press Run (F5) to see here what the cell does."


def state_in_words(run: Run | None, took_s: float | None) -> str:
    """Such as "Finished, 500 ms in 0.8 s". `took_s`: how long it took, where that is known."""
    if run is None:
        return ""
    match run.state:
        case "starting":
            return f"{run.title}: building the cells …"
        case "running":
            return f"{run.title}: {run.time:.6g} of {run.tstop:.6g} ms"
        case "paused":
            return f"{run.title}: paused at {run.time:.6g} ms"
        case "stopping":
            return f"{run.title}: stopping at {run.time:.6g} ms …"
        case "stopped":
            return f"{run.title}: stopped at {run.time:.6g} ms"
        case "failed":
            return f"{run.title}: failed at {run.time:.6g} ms. {problem_in_words(run.problem)}".rstrip()
        case "finished":
            took = f" in {seconds(took_s)}" if took_s is not None else ""
            return f"{run.title}: finished, {run.time:.6g} ms{took}"


def problem_in_words(problem: e.Failed | None) -> str:
    """What, where and what to try, as one text."""
    if problem is None:
        return ""
    where = f"In {problem.where}." if problem.where else ""
    return " ".join(filter(None, [problem.what, where, problem.hint]))


def seconds(value: float) -> str:
    """Such as "0.83 s", "12 s", "3 min 5 s"."""
    if value < 60:
        return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"
