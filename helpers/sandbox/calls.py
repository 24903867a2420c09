"""A request that is on its way, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from helpers.sandbox.documents import Writer
from helpers.sandbox.errors import record_not_found
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.permissions import check_visible
from helpers.sandbox.resources import ResourceType
from helpers.sandbox.store import Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = ["Action", "Call"]


class Call(NamedTuple):
    """A request that is on its way.

    Attributes:
        store: Where everything is.
        request: As received.
        bearer: Who sends it.
        type: The resource type that the path names.
        id: The id that the path names, or an empty text.
        relationship: The relationship that the path names, or an empty text.
    """

    store: Store
    request: Request
    bearer: Bearer
    type: ResourceType
    id: str = ""
    relationship: str = ""

    @property
    def writer(self) -> Writer:
        """What writes the answer's document."""
        return Writer(self.store, self.request.base_url, self.bearer)

    def resource(self) -> Resource:
        """Find the resource that the path names, or refuse."""
        resource = self.store.find(self.type.concrete, self.id)
        if resource is None:
            raise record_not_found()
        check_visible(self.store, self.bearer, resource)
        return resource


# Carries out what a call asks for, or refuses it.
Action = Callable[[Call], Response]
