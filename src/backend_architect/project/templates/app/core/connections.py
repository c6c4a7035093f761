"""How many connections one address may hold, so that nobody takes all that this process has.

The server bounds connections as a whole; who opens so many and sends nothing would keep everybody else waiting. So what
an address has beyond its share is closed, the latest first, a moment after it came. An address is what the rate limits
take for one client. Proxies in TRUSTED_PROXIES may hold all: what each of their clients may hold, they have to bound.
"""

import asyncio
import logging
import os
import socket
import stat
from collections import Counter
from contextlib import suppress
from ipaddress import ip_address
from typing import TypeAlias

from app.core.rate_limits import network
from app.core.settings import Settings
from app.core.telemetry import REFUSED

log = logging.getLogger("app.core.connections")
Peer: TypeAlias = tuple[str, int]

IN_ALL = 1_024
PER_ADDRESS = 256
SECONDS = 0.5  # between two looks
OPEN_FILES = "/proc/self/fd"  # Linux; on other systems nothing is closed


async def watch_connections(settings: Settings) -> None:
    """Close what an address holds beyond its share, until cancelled."""
    known: list[Peer] = []
    while os.path.isdir(OPEN_FILES):  # noqa: ASYNC240, PTH112 - of the kernel's own
        await asyncio.sleep(SECONDS)
        known = close_surplus(settings, known)


def close_surplus(settings: Settings, known: list[Peer]) -> list[Peer]:
    """Close the connections beyond the share of their address, and return those that stay, the oldest first."""
    files = [int(name) for name in os.listdir(OPEN_FILES)]  # noqa: PTH208 - names are enough
    if len(files) <= PER_ADDRESS:
        return []
    port = listening_port()
    found = {peer: file for file in files if (peer := _peer(file, port))}
    held: Counter[str] = Counter()
    staying: list[Peer] = []
    for peer in dict.fromkeys([*(each for each in known if each in found), *found]):
        held[network(peer[0])] += 1
        is_proxy = any(ip_address(peer[0]) in trusted for trusted in settings.trusted_proxies)
        if held[network(peer[0])] <= PER_ADDRESS or is_proxy:
            staying.append(peer)
        else:
            _peer(found[peer], port, but_close=peer)
    surplus = len(found) - len(staying)
    if surplus:
        REFUSED.labels("too-many-connections").inc(surplus)
        log.warning("too many connections", extra={"address": held.most_common(1)[0][0], "closed": surplus})
    return staying


def listening_port() -> int:
    """Return the port that this application is served on."""
    return int(os.environ.get("PORT", "8000"))


def _peer(file: int, port: int, *, but_close: Peer | None = None) -> Peer | None:
    """Return whose connection an open file is, None where it is no client's; with `but_close` close it if it is theirs.

    A second handle is asked, which stays the same connection when the server closes its own meanwhile.
    """
    with suppress(OSError):  # it is closed by now, or no connection
        if stat.S_ISSOCK(os.fstat(file).st_mode):
            with socket.socket(fileno=os.dup(file)) as handle:
                if handle.family in {socket.AF_INET, socket.AF_INET6} and handle.getsockname()[1] == port:
                    address, number = handle.getpeername()[:2]
                    if but_close == (address, number):
                        handle.shutdown(socket.SHUT_RDWR)
                    return address, number
    return None
