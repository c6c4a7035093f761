"""The same log as each transport and envelope carries it: what is read is the same, and what is cut is told as cut.

The forms are written here from what their documentation says, not by the code that reads them.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend_architect.tune import Workload
from backend_architect.tune.reading.any_files import read_workload
from backend_architect.tune.reading.files import WorkloadError
from backend_architect.tune.reading.logs.collect import CUT

LONG = "SELECT id, title, body FROM notes WHERE author_id IN (" + ", ".join(str(n) for n in range(7000, 7300)) + ")"
"""More than the 900 bytes that syslog takes at once."""
MESSAGES = [  # of two processes: each is the lines of one message, as the server has them
    (4800, "duration: 80.500 ms  statement: SELECT * FROM tickets\n\tWHERE project_id = 500\n\tORDER BY id LIMIT 20"),
    (4801, "duration: 95.000 ms  statement: DELETE FROM watchers\n\tWHERE user_id = 3 AND ticket_id = 9"),
    (4800, "duration: 30.250 ms  execute <unnamed>: SELECT name FROM people WHERE id = $1"),
    (4801, f"duration: 60.000 ms  statement: {LONG}"),
]
DETAIL = "parameters: $1 = '7'"
PREFIX = "2026-11-29 03:00:0{n}.061 UTC [{pid}] app@shop "
SECONDS = "2026-11-29T03:00:0{n}"


def _entries() -> Iterator[tuple[int, int, str]]:
    """Give the number, the process and the text of each entry: LOG, with its DETAIL where there is one."""
    for number, (pid, message) in enumerate(MESSAGES):
        prefix = PREFIX.format(n=number, pid=pid)
        detail = f"\n{prefix}DETAIL:  {DETAIL}" if "$1" in message else ""
        yield number, pid, f"{prefix}LOG:  {message}{detail}"


def _chunks(text: str) -> Iterator[str]:
    """Give the pieces in which the server sends a message to syslog: each line, and long lines broken at a space."""
    for line in text.split("\n"):
        rest = line
        while len(rest) > 900:
            place = rest.rindex(" ", 0, 900)
            yield rest[:place]
            rest = rest[place:]
        yield rest


def _mixed(head: Callable[[int, int], str]) -> str:
    """Return the messages as syslog has them, those of two processes in turns, tabs as rsyslog writes them."""
    sent = []
    for number, pid, text in _entries():
        for piece, chunk in enumerate(_chunks(text), 1):
            written = chunk.replace("\t", "#011")
            sent.append((number // 2, piece, number, f"{head(number, pid)}[{number + 3}-{piece}] {written}\n"))
    return "".join(line for *_, line in sorted(sent, key=lambda each: each[:3]))


def _plain() -> str:
    return "".join(f"{text}\n" for _, _, text in _entries())


def _lines(head: str) -> str:
    return "".join(f"{head}{line}\n" for line in _plain().splitlines())


def _objects(make: Callable[[int, str], object], *, of_lines: bool = False) -> str:
    texts = [line for _, _, text in _entries() for line in (text.split("\n") if of_lines else [text])]
    return "".join(f"{json.dumps(make(number, text))}\n" for number, text in enumerate(texts))


def _cloudnativepg() -> str:
    def record(number: int, message: str) -> object:
        pid, text = MESSAGES[number]
        own = {"log_time": f"{SECONDS.format(n=number)} UTC", "process_id": str(pid), "session_id": f"a.{pid}"}
        own |= {"database_name": "shop", "error_severity": "LOG", "message": text.replace("\n\t", "\n")}
        own |= {"detail": DETAIL} if "$1" in text else {}
        return {"level": "info", "ts": SECONDS.format(n=number), "logger": "postgres", "msg": "record", "record": own}

    return _objects(record)


def _cri() -> str:
    found = []
    for line in _plain().splitlines():
        pieces = [line[place : place + 500] for place in range(0, len(line), 500)]
        tags = ["P"] * (len(pieces) - 1) + ["F"]
        found += [f"2026-11-29T03:00:00.1Z stderr {tag} {piece}\n" for tag, piece in zip(tags, pieces, strict=True)]
    return "".join(found)


def _docker_cut() -> str:
    """Return Docker's file with lines cut at 500 characters: only the last piece has the line end."""
    found = []
    for line in _plain().splitlines(keepends=True):
        found += [line[place : place + 500] for place in range(0, len(line), 500)]
    return "".join(f"{json.dumps({'log': each, 'stream': 'stderr', 'time': 'x'})}\n" for each in found)


def _compose() -> str:
    web = "web-1  | GET /tickets 200 in 81 ms\n"
    return web + "".join(f"db-1   | {line}\n{web}" for line in _plain().splitlines())


def _explorer() -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["event_message", "id", "timestamp", "error_severity"], lineterminator="\n")
    writer.writeheader()
    for number, (_, message) in enumerate(MESSAGES):
        writer.writerow({"event_message": message, "id": number, "timestamp": number, "error_severity": "LOG"})
    return text.getvalue()


def _newest_first() -> str:
    entries = [{"textPayload": text, "timestamp": f"{SECONDS.format(n=n)}Z"} for n, _, text in _entries()]
    return json.dumps(entries[::-1], indent=2)


HEROKU = "+00:00 app[postgres.{pid}]: [DATABASE] "
FORMS = {
    "bsd syslog": lambda: _mixed(lambda n, pid: f"Nov 29 03:00:0{n} db1 postgres[{pid}]: "),
    "rsyslog with a full time": lambda: _mixed(lambda n, pid: f"{SECONDS.format(n=n)}.5+00:00 db1 postgres[{pid}]: "),
    "rfc 5424": lambda: _mixed(lambda n, pid: f"<134>1 {SECONDS.format(n=n)}.5Z db1 postgres {pid} - - "),
    "heroku": lambda: _mixed(lambda n, pid: SECONDS.format(n=n) + HEROKU.format(pid=pid)),
    "cri": _cri,
    "docker compose": lambda: _lines("db-1  | "),
    "docker compose with colours": lambda: _lines("\x1b[36mdb-1  |\x1b[0m "),
    "docker compose, two services": _compose,
    "kubectl --timestamps": lambda: _lines("2026-11-29T03:00:03.061234567Z "),
    "kubectl --prefix": lambda: _lines("[pod/db-0/postgres] "),
    "docker json-file": lambda: _objects(lambda _, line: {"log": f"{line}\n", "stream": "stderr"}, of_lines=True),
    "docker json-file, long lines": _docker_cut,
    "cloud sql": lambda: _objects(lambda _, text: {"textPayload": text, "severity": "INFO"}),
    "cloud sql, an array, the newest first": _newest_first,
    "cloudwatch": lambda: json.dumps({"events": [{"timestamp": n, "message": text} for n, _, text in _entries()]}),
    "rds portion": lambda: json.dumps({"LogFileData": _plain(), "AdditionalDataPending": False}, indent=1),
    "azure": lambda: _objects(lambda _, text: {"category": "PostgreSQLLogs", "properties": {"message": text}}),
    "loki": lambda: _objects(lambda _, text: {"labels": {}, "line": text}),
    "cloudnativepg": _cloudnativepg,
    "cloudnativepg in cri": lambda: "".join(
        f"2026-11-29T03:00:00.1Z stdout F {line}\n" for line in _cloudnativepg().splitlines()
    ),
    "an explorer's csv": _explorer,
    "plain, windows line ends": lambda: _plain().replace("\n", "\r\n"),
    "plain, its tabs lost": lambda: _plain().replace("\n\t", "\n"),
}


def _read(tmp_path: Path, content: str | bytes) -> Workload:
    file = tmp_path / "a.log"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_workload(file, "shop")


def _found(workload: Workload) -> dict[str, float]:
    return {" ".join(each.text.split())[:70]: each.total_ms for each in workload.statements}


WANTED = {
    "SELECT * FROM tickets WHERE project_id = $1 ORDER BY id LIMIT $2": 80.5,
    "DELETE FROM watchers WHERE user_id = $1 AND ticket_id = $2": 95.0,
    "SELECT name FROM people WHERE id = $1": 30.25,
    "SELECT id, title, body FROM notes WHERE author_id IN ($1, $2, $3, $4, ": 60.0,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_log_is_read_out_of_what_carried_it(form: str, tmp_path: Path) -> None:
    workload = _read(tmp_path, FORMS[form]())
    assert _found(workload) == WANTED
    assert CUT not in workload.left_out
    if form != "an explorer's csv":
        assert [dict(each.examples[0]) for each in workload.statements if "people" in each.text] == [{"$1": "7"}]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_a_log_that_a_windows_shell_wrote_is_read(encoding: str, tmp_path: Path) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    assert _found(_read(tmp_path, mark + _plain().encode(encoding))) == WANTED


def _without(text: str, part: str) -> str:
    kept = [line for line in text.splitlines(keepends=True) if part not in line]
    assert len(kept) == len(text.splitlines()) - 1
    return "".join(kept)


@pytest.mark.parametrize(
    ("form", "part"),
    [
        ("bsd syslog", "WHERE project_id = 500"),  # a piece that the network lost
        ("plain, its tabs lost", "WHERE project_id = 500\n".strip()),
    ],
)
def test_a_statement_of_which_a_line_is_missing_is_told_as_cut_and_not_believed(
    form: str, part: str, tmp_path: Path
) -> None:
    text = _without(FORMS[form](), part) if "syslog" in form else FORMS[form]().replace(part, "WHERE 'project")
    workload = _read(tmp_path, text)
    rest = {name: ms for name, ms in WANTED.items() if "tickets" not in name}
    assert (_found(workload), workload.left_out[CUT]) == (rest, 1)


def test_a_csv_that_ends_within_a_row_and_a_record_that_is_broken_cut_their_statement(tmp_path: Path) -> None:
    last = '"duration: 9.000 ms  statement: SELECT * FROM tickets\n'
    workload = _read(tmp_path, _explorer() + last)
    assert (_found(workload), workload.left_out[CUT]) == (WANTED, 1)
    lines = FORMS["docker json-file"]().splitlines(keepends=True)
    broken = [*lines[:1], lines[1][:20] + "\n", *lines[3:]]
    assert _read(tmp_path, "".join(broken)).left_out[CUT] == 1


def test_json_that_is_no_log_says_its_fields_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="its fields: payload, when") as raised:
        _read(tmp_path, '{"when": 1, "payload": "x"}\n' * 3)
    assert "jq -r '.payload'" in raised.value.problems[0].fix
