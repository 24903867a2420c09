"""Write JSON:API documents as the API writes them: member order, links, linkage, included.

Sources: https://docs.commercelayer.io/core/api-specification,
https://docs.commercelayer.io/core/fetching-relationships and
https://docs.commercelayer.io/core/pagination
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from helpers.sandbox.messages import Request
from helpers.sandbox.orders import is_editable
from helpers.sandbox.permissions import is_visible
from helpers.sandbox.relations import linkage
from helpers.sandbox.requests import IncludeTree, Parameters
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = ["Writer"]

_DECIMALS = 2

# Attributes that follow from the stored ones, by resource type and name.
_DERIVED: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], object]] = {
    ("orders", "editable"): is_editable,
}


class Writer:
    """Writes the documents of one answer.

    Args:
        store: Where the resources are.
        base_url: Scheme, host and port that links start with.
        bearer: Who reads it. What they may not see is left out of lists.
    """

    def __init__(self, store: Store, base_url: str, bearer: Bearer) -> None:
        self._store = store
        self._bearer = bearer
        self._api = f"{base_url}/api"
        organization = store.fact("organization")
        self._meta = {"mode": "test", "organization_id": organization["id"]}

    def one(self, identifier: Identifier | None, include: IncludeTree) -> dict[str, Any]:
        """Write the document of one resource, or of none."""
        if identifier is None:
            return {"data": None}
        [data], included = self._resource_objects([identifier], include)
        return {"data": data, **included}

    def many(
        self, identifiers: Sequence[Identifier], parameters: Parameters, request: Request
    ) -> dict[str, Any]:
        """Write the document of a page of a list.

        Args:
            identifiers: The whole list.
            parameters: What to include, and which page to write.
            request: The request, for the links to the other pages.
        """
        page = parameters.page
        data, included = self._resource_objects(page.of(identifiers), parameters.include)
        pages = page.count(len(identifiers))
        numbers = {"first": 1, "prev": page.number - 1, "next": page.number + 1, "last": pages}
        links = {
            name: _page_link(request, {"page[number]": number, "page[size]": page.size})
            for name, number in numbers.items()
            if 1 <= number <= pages
        }
        meta = {"record_count": len(identifiers), "page_count": pages}
        return {"data": data, "meta": meta, **included, "links": links}

    def relationship(self, resource: Resource, name: str) -> dict[str, Any]:
        """Write the document of a relationship itself: its links and its linkage."""
        return {
            "links": self._relationship_links(resource.identifier, name),
            "data": _data(resource.type, name, self.linkage(resource, name)),
        }

    def linkage(self, resource: Resource, name: str) -> list[Identifier]:
        """Name the resources that a relationship leads to, as far as the bearer may see them."""
        identifiers = linkage(self._store, resource, name)
        if not resource_types()[resource.type].relationships[name].many:
            return identifiers
        return [
            identifier
            for identifier in identifiers
            if is_visible(self._store, self._bearer, self._store.get(identifier))
        ]

    def _resource_objects(
        self, identifiers: Sequence[Identifier], include: IncludeTree
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Write the primary data, and the member with what is included, where anything is."""
        objects = {
            identifier: self._resource_object(self._store.get(identifier), shown)
            for identifier, shown in self._gather(identifiers, include).items()
        }
        data = [objects.pop(identifier) for identifier in identifiers]
        return data, {"included": list(objects.values())} if include else {}

    def _gather(
        self, identifiers: Sequence[Identifier], include: IncludeTree
    ) -> dict[Identifier, dict[str, list[Identifier]]]:
        """Name every resource to write, once, and the linkage that it shows, by relationship."""
        gathered: dict[Identifier, dict[str, list[Identifier]]] = {
            identifier: {} for identifier in identifiers
        }
        steps = [(identifiers, include)]
        for reached, tree in steps:
            for name, below in tree.items():
                found: dict[Identifier, None] = {}
                for identifier in reached:
                    if name not in resource_types()[identifier[0]].relationships:
                        continue  # a path through several types need not exist in each of them
                    related = self.linkage(self._store.get(identifier), name)
                    gathered[identifier][name] = related
                    found.update(dict.fromkeys(related))
                for identifier in found:
                    gathered.setdefault(identifier, {})
                steps.append((list(found), below))
        return gathered

    def _resource_object(
        self, resource: Resource, shown: Mapping[str, list[Identifier]]
    ) -> dict[str, Any]:
        type_ = resource_types()[resource.type]
        relationships: dict[str, dict[str, Any]] = {}
        for name in type_.relationships:
            relationships[name] = {"links": self._relationship_links(resource.identifier, name)}
            if name in shown:
                relationships[name]["data"] = _data(resource.type, name, shown[name])
        return {
            "id": resource.id,
            "type": resource.type,
            "links": {"self": self._link(resource.identifier)},
            "attributes": readable_attributes(resource),
            "relationships": relationships,
            "meta": dict(self._meta),
        }

    def _link(self, identifier: Identifier) -> str:
        type_, id_ = identifier
        path = type_ if resource_types()[type_].singleton else f"{type_}/{id_}"
        return f"{self._api}/{path}"

    def _relationship_links(self, identifier: Identifier, name: str) -> dict[str, str]:
        own = self._link(identifier)
        return {"self": f"{own}/relationships/{name}", "related": f"{own}/{name}"}


def _data(type_: str, name: str, identifiers: Sequence[Identifier]) -> object:
    """Write linkage: a list for a to-many relationship, one or null for a to-one relationship."""
    objects = [{"type": related_type, "id": id_} for related_type, id_ in identifiers]
    if resource_types()[type_].relationships[name].many:
        return objects
    return objects[0] if objects else None


def readable_attributes(resource: Resource) -> dict[str, Any]:
    """Complete a resource's stored attributes to those that an answer holds, in documented order.

    Floats and formatted texts follow from cents, an order's ``editable`` from its status; what is
    neither stored nor follows is null, or ``{}`` for metadata.
    """
    type_ = resource_types()[resource.type]
    derived: dict[str, Any] = {"metadata": {}}
    for (of_type, name), derive in _DERIVED.items():
        if of_type == resource.type:
            derived[name] = derive(resource.attributes)
    currency = resource.attributes.get("currency_code")
    for name in type_.money:
        cents = resource.attributes.get(f"{name}_cents")
        if cents is not None:
            derived[f"{name}_float"] = cents / 10**_DECIMALS
            derived[f"formatted_{name}"] = _formatted(cents, currency)
    known = {**derived, **resource.attributes}
    return {
        name: known.get(name) for name, attribute in type_.attributes.items() if attribute.readable
    }


def _formatted(cents: int, currency: str | None) -> str:
    """Write an amount as the API writes euros: ``-€1.234,50``. Other currencies get their code."""
    whole, rest = divmod(abs(cents), 10**_DECIMALS)
    amount = f"{whole:,}".replace(",", ".") + f",{rest:0{_DECIMALS}}"
    sign = "-" if cents < 0 else ""
    return f"{sign}€{amount}" if currency == "EUR" else f"{sign}{currency} {amount}"


def _page_link(request: Request, page: Mapping[str, int]) -> str:
    """Link to a page: absolute, percent-encoded, parameters sorted by name."""
    parameters = sorted({**request.query, **page}.items())
    query = "&".join(f"{quote(name)}={quote(str(value), safe='')}" for name, value in parameters)
    return f"{request.base_url}/{'/'.join(request.segments)}?{query}"
