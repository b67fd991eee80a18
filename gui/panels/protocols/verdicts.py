"""A result in words, as a report: one row for each test, with what was measured and what is asked for."""

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gui import theme

if TYPE_CHECKING:
    from engine.protocols.sweeps import Result

_PASSED: Final = "passed"
_FAILED: Final = "failed"


def has_verdicts(result: "Result | None") -> bool:
    """Whether a result is a report of tests."""
    return result is not None and {"Test", "Verdict"} <= {each.name for each in result.columns}


def verdicts_in_html(result: "Result") -> str:
    """The numbers in one line, and the table."""
    numbers = " · ".join(
        f"{html.escape(each.name)} <b>{_nice(each.value)} {html.escape(each.unit)}</b>"
        for each in result.numbers
    )
    words = zip(*(result.words(name) for name in ("Test", "Criterion", "Remark")), strict=True)
    values = result.column("Measured").values
    rows = map(_row, values, result.words("Unit"), result.words("Verdict"), words)
    head = "".join(f"<th align='left'>{each}</th>" for each in ("Test", "Verdict", "Measured", "Criterion"))
    return f"<p>{numbers}</p><table cellpadding='4' width='100%'><tr>{head}</tr>{''.join(rows)}</table>"


def _row(value: float, unit: str, verdict: str, words: Sequence[str]) -> str:
    """`words`: what is tested, what is asked for, and what else is to be said."""
    colours = theme.colours()
    colour = {_PASSED: colours.success, _FAILED: colours.error}.get(verdict, colours.muted_text)
    mark = {_PASSED: "✓", _FAILED: "✗"}.get(verdict, "–")
    measured = "" if math.isnan(value) else f"{_nice(value)} {unit}"
    test, criterion, remark = map(html.escape, words)
    return (
        f"<tr><td>{test}</td>"
        f"<td style='color:{colour}; white-space:nowrap'>{mark} {html.escape(verdict)}</td>"
        f"<td style='white-space:nowrap'><b>{html.escape(measured)}</b></td>"
        f"<td>{criterion}<br><span style='color:{colours.muted_text}'>{remark}</span></td></tr>"
    )


def _nice(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
