"""What is said of a protocol: how much it will be, how far it is, how it ended."""

from gui.session.forecasting import Forecast, seconds_in_words
from gui.session.measuring import Measurement


def state_in_words(measurement: Measurement | None, forecast: Forecast) -> str:
    """How far it is, or how it ended."""
    if measurement is None:
        return ""
    done, asked = len(measurement.outcomes), measurement.asked
    failed = sum(not each.is_there for each in measurement.outcomes)
    also = f", {failed} failed" if failed else ""
    match measurement.state:
        case "preparing":
            return "Preparing…"
        case "running":
            left = forecast.seconds_left
            until = f", about {seconds_in_words(left)} left" if left is not None else ""
            return f"{done} of {_sweeps(asked)}{also}{until}"
        case "finished":
            return f"Finished: {_sweeps(asked)}{also}"
        case "stopped":
            return f"Stopped{also}: what was computed is kept"
    return f"No result: {measurement.problem}"


def forecast_in_words(forecast: Forecast) -> str:
    """How much there is to compute, before it begins; "" as long as it is not known."""
    if not forecast.sweeps:
        return ""
    seconds = forecast.seconds_left
    until = ", " + seconds_in_words(seconds).replace(" ", "\xa0") if seconds is not None else ""
    return f"about {_sweeps(forecast.sweeps)}{until}"


def _sweeps(count: int) -> str:
    return "1 sweep" if count == 1 else f"{count} sweeps"
