"""Where requests may go: which addresses are this machine's own. No I/O happens here."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

__all__ = ["Origin", "is_loopback", "is_place", "is_safe", "origin_of", "slug_of"]

# Scheme, host and port: what the access token of one place is sent to, and nothing else.
Origin = tuple[str, str, int | None]
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_USUAL_PORTS = {"http": 80, "https": 443}


def is_loopback(base_url: str) -> bool:
    """Tell whether an address is this machine's own, where plain http is as good as https."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_place(base_url: str) -> bool:
    """Tell whether an address is a scheme and a host, perhaps with a port, and nothing else."""
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    bracketed = f"[{host}]" if ":" in host else host
    whole = f"{parts.scheme}://{bracketed}" + (f":{port}" if port else "")
    return _is_host(host) and base_url.lower().removesuffix("/") == whole


def _is_host(host: str) -> bool:
    """Tell whether this is an IP address or a name, in ASCII, with no empty or too long label."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        is_number = re.fullmatch(r"[0-9.]+", host) is not None
        return not is_number and _NAME.fullmatch(host) is not None and "xn--" not in host
    return "%" not in host


def is_safe(base_url: str) -> bool:
    """Tell whether an address may be sent a secret: nobody on the way there can read it."""
    scheme = urlsplit(base_url).scheme
    return scheme == "https" or (scheme == "http" and is_loopback(base_url))


def origin_of(url: str) -> Origin:
    """Take scheme, host and port of an address; a port that goes without saying is told too."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _USUAL_PORTS.get(parts.scheme)


def slug_of(base_url: str) -> str | None:
    """Take the organization's slug from an address; this machine's own, or a number, has none."""
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return None if is_loopback(base_url) else host.partition(".")[0]
    return None
