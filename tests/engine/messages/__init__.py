"""What crosses the pipe, without a process."""
