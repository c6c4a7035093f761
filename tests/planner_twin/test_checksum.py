"""The checksum of a page against those that PostgreSQL wrote."""

from backend_architect.planner_twin.checksum import with_checksum
from backend_architect.postgres import EmbeddedServer, Session


def test_pages_keep_the_checksum_that_the_server_gave_them(server: EmbeddedServer) -> None:
    with Session(server.url()) as session:
        assert session.value("SHOW data_checksums") == "on"
        session.run("CHECKPOINT")
        path = session.value("SELECT pg_relation_filepath('pg_proc')")
    content = (server.folder / path).read_bytes()
    for number in range(5):
        page = content[number * 8192 : (number + 1) * 8192]
        assert with_checksum(page, number) == page
