"""The memory that a command takes, watched from outside while it runs."""

import threading

import psutil

EVERY_SECONDS = 0.1


class Peak:
    """The largest memory that a process and its children were seen with. `tool` is without PostgreSQL's processes.

    PostgreSQL's are counted by what is theirs alone (their shared buffers would be counted once for each).
    """

    def __init__(self, pid: int) -> None:
        self.tool = self.everything = 0
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_SECONDS):
            try:
                family = [self._process, *self._process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            tool, servers = 0, 0
            for each in family:
                is_server, own = _memory(each)
                tool, servers = (tool, servers + own) if is_server else (tool + own, servers)
            self.tool = max(self.tool, tool)
            self.everything = max(self.everything, tool + servers)


def _memory(process: psutil.Process) -> tuple[bool, int]:
    try:
        is_server = "postgres" in process.name()
        known = process.memory_info()
        return is_server, known.rss - known.shared if is_server else known.rss
    except psutil.Error:
        return False, 0
