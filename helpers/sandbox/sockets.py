"""A listening socket: on the loopback interface, unless it is told otherwise."""

from __future__ import annotations

import errno
import ipaddress
import socket

__all__ = ["ServerError", "base_url_of", "bind", "is_loopback"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ServerError(Exception):
    """The sandbox cannot listen, or failed at a request."""


def bind(host: str, port: int, *, anywhere: bool) -> socket.socket:
    """Bind a socket, and listen.

    Args:
        host: An IP address, or ``localhost``.
        port: The port, or 0 for any that is free.
        anywhere: Whether the address may be off the loopback interface.

    Raises:
        ServerError: The host is no such address, or the port is taken.
    """
    address = _address(host)
    if address is None and anywhere:
        raise ServerError(
            f"Expected the host to be an IP address, such as 127.0.0.1 or 0.0.0.0, got {host}: "
            "the sandbox looks no name up."
        )
    if address is None or not (anywhere or address.is_loopback):
        raise ServerError(
            f"Expected the host to be on the loopback interface, such as 127.0.0.1, got {host}: "
            "the sandbox answers this machine only."
        )
    if not 0 <= port <= 65535:
        raise ServerError(f"Expected a port from 0 to 65535, got {port}.")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    # With TCP named, asyncio sends small segments at once; else every answer takes 40 ms longer.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((str(address), port))
        bound.listen()  # from here on, nobody else can have the port
    except OSError as error:
        bound.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "another program listens there" if taken else str(error)
        raise ServerError(
            f"Expected port {port} of {host} to be free, but {reason}: choose another, "
            "or 0 for any that is free."
        ) from None
    return bound


def base_url_of(bound: socket.socket) -> str:
    """Tell where to send requests: where it is bound to every address, to the loopback one."""
    address: str
    address, port = bound.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Tell whether an address is on the loopback interface, which only this machine can reach."""
    address = _address(host)
    return address is not None and address.is_loopback


def _address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None
