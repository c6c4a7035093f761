"""The command line: one command a file, and the only place that prints or writes a project to the disk."""

import os
import sys

INTERRUPTED = 130
BROKEN_PIPE = 141


def main() -> int:
    """Return the exit status of the command that was typed; Ctrl-C ends it in peace at any moment."""
    try:
        from backend_architect.cli.app import run

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        status = INTERRUPTED
    except BrokenPipeError:
        # Nobody reads any more (`architect decide | head`); what Python flushes at its end must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = BROKEN_PIPE
    return status
