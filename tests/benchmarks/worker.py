"""`python -m tests.benchmarks.worker`: all that is promised of workers, one table after the other."""

from tests.benchmarks import worker_cold_start, worker_family, worker_latency, worker_streaming


def main() -> None:
    """What is short comes first."""
    worker_latency.main()
    worker_cold_start.main()
    worker_streaming.main()
    worker_family.main()


if __name__ == "__main__":
    main()
