"""The command line: one command a file, and the only place that prints or writes a project to the disk."""

import os
import signal
import sys

INTERRUPTED = 130
BROKEN_PIPE = 141


def main() -> int:
    """Return the exit status of the command that was typed; Ctrl-C ends it in peace at any moment."""
    _end_as_by_ctrl_c()
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


def _end_as_by_ctrl_c() -> None:
    """Let SIGTERM and a closed terminal end a command as Ctrl-C does, so that no server of it is left behind."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores one of them, and that stays so
            signal.signal(number, signal.default_int_handler)
