"""The network that a caller comes from: coarse enough to outlive a new address from the same provider."""

from ipaddress import ip_address, ip_network

from fastapi import Request

from app.auth.queries import Network
from app.rate_limits import client_address


def network_of(request: Request) -> Network | None:
    """Return the /24 or /48 around the caller's address; None where the server has no address to show."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return None
    return ip_network((address, 24 if address.version == 4 else 48), strict=False)
