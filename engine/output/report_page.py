"""A report of an experiment: one HTML file with its methods, figures, results and problems."""

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np

from engine import __version__
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.output.method_text import Rows, elements, parameters, sentences, software
from engine.output.recorded import Recorded, Signal
from engine.protocols.protocol import Protocol
from engine.protocols.sweeps import Outcome, Result, TextColumn

_MOST_ROWS: Final = 500
_STYLE: Final = """
body { font: 11pt/1.45 "Helvetica Neue", Arial, "Liberation Sans", sans-serif; color: #111; background: #fff;
  max-width: 46em; margin: 2em auto; padding: 0 1.5em; }
h1 { font-size: 1.7em; margin-bottom: 0.1em; } h2 { font-size: 1.25em; margin-top: 1.8em; }
h3 { font-size: 1em; margin: 1.2em 0 0.3em; } .when { color: #555; margin-top: 0; }
table { border-collapse: collapse; font-size: 0.92em; margin: 0.4em 0 1em; }
th, td { padding: 0.15em 0.9em 0.15em 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #ddd; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } figure { margin: 1.2em 0; } figure svg { max-width: 100%; height: auto; }
figcaption { font-size: 0.92em; color: #333; }
.problem { border-left: 3px solid #b3261e; padding-left: 0.7em; }
@page { margin: 18mm; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 9.5pt; }
  .wide { overflow: visible; font-size: 0.8em; } figure, tr, h2, h3 { break-inside: avoid; }
  h2, h3 { break-after: avoid; } thead { display: table-header-group; } }
"""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: an SVG document of ours, and what it shows."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What a report is about. `files`: names of what lies beside it; `problems`: sentences.

    `run`: what was recorded of a single run, which need not be of the protocol.
    """

    experiment: Experiment
    made_at: datetime
    protocol: Protocol | None = None
    site: str = ""
    result: Result | None = None
    outcomes: Sequence[Outcome] = ()
    run: Recorded | None = None
    drawings: Sequence[Drawing] = ()
    problems: Sequence[str] = ()
    files: Sequence[str] = field(default_factory=tuple)


def page(content: ReportContent) -> str:
    """The HTML document."""
    return "\n".join(_page(content)) + "\n"


def _page(content: ReportContent) -> Iterable[str]:
    title = content.experiment.title or "Simulation"
    if content.protocol is not None:
        title = f"{title}: {content.protocol.title}"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f'<meta name="generator" content="Somascope {__version__}">'
    yield f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{_safe(title)}</h1>"
    yield f'<p class="when">{content.made_at:%Y-%m-%d %H:%M}</p>'
    if content.experiment.notes:
        yield f"<p>{_lines(content.experiment.notes)}</p>"
    yield from _results(content)
    if content.run is not None:
        yield from _recordings(content.run)
    yield from _figures(content.drawings)
    yield from _methods(content)
    yield from _problems(content)
    if content.files:
        yield "<h2>Files</h2>\n<ul>"
        yield from (f"<li>{_safe(each)}</li>" for each in content.files)
        yield "</ul>"
    yield "</body>\n</html>"


def _results(content: ReportContent) -> Iterable[str]:
    result = content.result
    if result is None:
        return
    yield "<h2>Results</h2>"
    if result.numbers:
        yield "<table>\n<tbody>"
        for each in result.numbers:
            has_error = each.error is not None and math.isfinite(each.error)
            error = f" ± {_number(each.error, 2)}" if has_error and each.error is not None else ""
            value = f"{_number(each.value)}{error} {each.unit}".strip()
            yield f'<tr><th scope="row">{_safe(each.name)}</th><td class="number">{_safe(value)}</td></tr>'
        yield "</tbody>\n</table>"
    if result.columns:
        yield from _table_of(result)


def _recordings(run: Recorded) -> Iterable[str]:
    """What was recorded in short: extremes of traces, and spikes."""
    yield "<h2>The run</h2>"
    signals = [each for sweep in run.sweeps for each in sweep.signals if len(each.samples)]
    if signals:
        rows = [(each.label, str(each.site), *_extremes(each)) for each in signals[:_MOST_ROWS]]
        yield from _words(("Trace", "Place", "Minimum", "Maximum"), rows)
    duration = run.experiment.conditions.tstop
    if not run.spikes:
        yield "<p>No cell fired.</p>"
        return
    fired = [
        (str(cell), f"{len(times)}", f"{_number(1000 * len(times) / duration)} Hz")
        for cell, times in list(run.spikes.items())[:_MOST_ROWS]
    ]
    yield from _words(("Cell", "Spikes", "Mean rate"), fired)


def _extremes(signal: Signal) -> tuple[str, str]:
    finite = signal.samples[np.isfinite(signal.samples)]
    least, greatest = (float(finite.min()), float(finite.max())) if len(finite) else (math.nan, math.nan)
    return f"{_number(least)} {signal.unit}".strip(), f"{_number(greatest)} {signal.unit}".strip()


def _words(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield '<div class="wide"><table>\n<thead><tr>'
    yield "".join(f'<th scope="col">{_safe(each)}</th>' for each in heads)
    yield "</tr></thead>\n<tbody>"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{_safe(each)}</td>' for each in row)}</tr>"
    yield "</tbody>\n</table></div>"


def _table_of(result: Result) -> Iterable[str]:
    yield '<div class="wide"><table>\n<thead><tr>'
    for each in result.columns:
        unit = f"<br>({_safe(each.unit)})" if each.unit else ""
        yield f'<th scope="col"{_kind(each)}>{_safe(each.name)}{unit}</th>'
    yield "</tr></thead>\n<tbody>"
    rows = list(zip(*(each.values for each in result.columns), strict=True))
    kinds = [_kind(each) for each in result.columns]
    for row in rows[:_MOST_ROWS]:
        cells = "".join(
            f"<td{kind}>{_safe(each if isinstance(each, str) else _number(each))}</td>"
            for kind, each in zip(kinds, row, strict=True)
        )
        yield f"<tr>{cells}</tr>"
    yield "</tbody>\n</table></div>"
    if len(rows) > _MOST_ROWS:
        yield f"<p>The first {_MOST_ROWS} of {len(rows)} rows; all are in the table beside this report.</p>"


def _kind(column: object) -> str:
    return "" if isinstance(column, TextColumn) else ' class="number"'


def _figures(drawings: Sequence[Drawing]) -> Iterable[str]:
    for number, each in enumerate(drawings, 1):
        yield "<figure>"
        yield _inline(each.svg, number)
        yield f"<figcaption><b>Figure {number}.</b> {_safe(each.caption)}</figcaption>\n</figure>"


def _inline(svg: str, number: int) -> str:
    """Without the head of a document, and with ids that no other figure has."""
    start = svg.index("<svg")
    return svg[start:].strip().replace('id="', f'id="f{number}-').replace("url(#", f"url(#f{number}-")


def _methods(content: ReportContent) -> Iterable[str]:
    experiment, protocol = content.experiment, content.protocol
    yield "<h2>Methods</h2>"
    yield f"<p>{_safe(' '.join(filter(None, sentences(experiment))))}</p>"
    if protocol is not None:
        where = f" It was played and recorded at {content.site}." if content.site else ""
        yield f"<h3>Protocol: {_safe(protocol.title)}</h3>"
        yield f"<p>{_safe(protocol.purpose)}{_safe(where)}</p>"
        yield from _table(parameters(protocol))
    for heading, rows in elements(experiment):
        yield f"<h3>{_safe(heading)}</h3>"
        yield from _table(rows)
    yield "<h3>Conditions</h3>"
    yield from _table(_conditions(experiment.conditions))
    yield "<h3>Software</h3>"
    yield from _table(software())


def _conditions(conditions: Conditions) -> Rows:
    passed_over = {"Mechanism variables"} | (set() if conditions.variable_step else {"Absolute tolerance"})
    return [(name, value) for name, value in parameters(conditions) if name not in passed_over] + [
        (f"{variable} of {suffix}", str(value))
        for suffix, variables in conditions.mechanism_globals.items()
        for variable, value in variables.items()
    ]


def _problems(content: ReportContent) -> Iterable[str]:
    failed = [
        f"The sweep at {each.sweep.amount} has no result: {each.problem}"
        for each in content.outcomes
        if each.problem
    ]
    sentences_ = [*content.problems, *failed]
    yield "<h2>Problems</h2>"
    if not sentences_:
        yield "<p>None.</p>"
    yield from (f'<p class="problem">{_safe(each)}</p>' for each in sentences_)


def _table(rows: Rows) -> Iterable[str]:
    yield "<table>\n<tbody>"
    yield from (f'<tr><th scope="row">{_safe(name)}</th><td>{_safe(value)}</td></tr>' for name, value in rows)
    yield "</tbody>\n</table>"


def _number(value: float, digits: int = 5) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}g}".replace("-", "−")


def _safe(text: str) -> str:
    return html.escape(text, quote=True)


def _lines(text: str) -> str:
    return "<br>".join(map(_safe, text.splitlines()))
