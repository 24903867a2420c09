"""Write JSON:API documents as the API writes them: member order, links, linkage, included.

Sources: https://docs.commercelayer.io/core/api-specification,
https://docs.commercelayer.io/core/fetching-relationships and
https://docs.commercelayer.io/core/pagination
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from helpers.sandbox.attributes import readable_attributes
from helpers.sandbox.conditions import Condition
from helpers.sandbox.messages import Request
from helpers.sandbox.parameters import IncludeTree, Parameters
from helpers.sandbox.permissions import is_visible, may_follow
from helpers.sandbox.relations import linkage, related
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = ["Writer"]


class Writer:
    """Writes the documents of one answer.

    Args:
        store: Where the resources are. They do not change while the answer is written.
        base_url: Scheme, host and port that links start with.
        bearer: Who reads it. What they may not see is left out of what relationships list.
    """

    def __init__(self, store: Store, base_url: str, bearer: Bearer) -> None:
        self._store = store
        self._bearer = bearer
        self._api = f"{base_url}/api"
        self._meta = {"mode": "test", "organization_id": store.fact("organization")["id"]}
        self._loaded: dict[Identifier, Resource] = {}

    def one(self, identifier: Identifier | None, parameters: Parameters) -> dict[str, Any]:
        """Write the document of one resource, or of none."""
        if identifier is None:
            return {"data": None}
        [data], included = self._resource_objects([identifier], parameters, alone=True)
        return {"data": data, **included}

    def many(
        self,
        types: Sequence[str],
        conditions: Sequence[Condition],
        parameters: Parameters,
        request: Request,
    ) -> dict[str, Any]:
        """Write the document of a page of a list.

        Args:
            types: The types of the resources in the list.
            conditions: What they have in common, beside what the parameters ask for.
            parameters: Filters and order, which page to write, and what of it.
            request: The request, for the links to the other pages.
        """
        page = parameters.page
        all_conditions = [*conditions, *parameters.conditions]
        records = self._store.count(types, all_conditions)
        identifiers = self._store.select(
            types, all_conditions, order=parameters.sort, offset=page.offset, limit=page.size
        )
        return self._page(identifiers, records, parameters, request)

    def related(
        self, resource: Resource, name: str, parameters: Parameters, request: Request
    ) -> dict[str, Any]:
        """Write the document of what a relationship leads to: a page of it, if it is a list."""
        relationship = resource_types()[resource.type].relationships[name]
        if not relationship.many:
            identifiers = self.linkage(resource, name)
            return self.one(identifiers[0] if identifiers else None, parameters)
        leads_here = related(resource.identifier, name)
        if not self._bearer.is_sales_channel:
            return self.many(relationship.types, [leads_here], parameters, request)
        conditions = [leads_here, *parameters.conditions]
        found = self._visible(
            self._store.select(relationship.types, conditions, order=parameters.sort)
        )
        page = parameters.page
        identifiers = found[page.offset : page.offset + page.size]
        return self._page(identifiers, len(found), parameters, request)

    def relationship(self, resource: Resource, name: str) -> dict[str, Any]:
        """Write the document of a relationship itself: its links and its linkage."""
        data = _data(resource.type, name, self.linkage(resource, name))
        own = self._link(resource.identifier)
        return {"links": _relationship_links(own, name), "data": data}

    def linkage(self, resource: Resource, name: str) -> list[Identifier]:
        """Name the resources that a relationship leads to, but for those not to be seen."""
        identifiers = linkage(self._store, resource, name)
        is_list = resource_types()[resource.type].relationships[name].many
        return self._visible(identifiers, is_visible if is_list else may_follow)

    def _visible(
        self,
        identifiers: list[Identifier],
        may_see: Callable[[Store, Bearer, Resource], bool] = is_visible,
    ) -> list[Identifier]:
        if not self._bearer.is_sales_channel:
            return identifiers
        return [
            identifier
            for identifier in identifiers
            if may_see(self._store, self._bearer, self._get(identifier))
        ]

    def _get(self, identifier: Identifier) -> Resource:
        if identifier not in self._loaded:
            self._loaded[identifier] = self._store.get(identifier)
        return self._loaded[identifier]

    def _page(
        self,
        identifiers: Sequence[Identifier],
        records: int,
        parameters: Parameters,
        request: Request,
    ) -> dict[str, Any]:
        data, included = self._resource_objects(identifiers, parameters)
        page = parameters.page
        pages = page.count(records)
        numbers = {"first": 1, "prev": page.number - 1, "next": page.number + 1, "last": pages}
        links = {
            name: _page_link(request, {"page[number]": number, "page[size]": page.size})
            for name, number in numbers.items()
            if 1 <= number <= pages
        }
        meta = {"record_count": records, "page_count": pages}
        return {"data": data, "meta": meta, **included, "links": links}

    def _resource_objects(
        self, identifiers: Sequence[Identifier], parameters: Parameters, *, alone: bool = False
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Write the primary data, and the member with what is included, where anything is."""
        objects = {
            identifier: self._resource_object(
                identifier,
                shown,
                parameters.fields,
                alone=alone and identifier == identifiers[0],
            )
            for identifier, shown in self._gather(identifiers, parameters.include).items()
        }
        data = [objects.pop(identifier) for identifier in identifiers]
        return data, {"included": list(objects.values())} if parameters.include else {}

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
                    related = self.linkage(self._get(identifier), name)
                    gathered[identifier][name] = related
                    found.update(dict.fromkeys(related))
                for identifier in found:
                    gathered.setdefault(identifier, {})
                steps.append((list(found), below))
        return gathered

    def _resource_object(
        self,
        identifier: Identifier,
        shown: Mapping[str, list[Identifier]],
        fields: Mapping[str, frozenset[str]],
        *,
        alone: bool,
    ) -> dict[str, Any]:
        type_, id_ = identifier
        own = self._link(identifier)
        asked = fields.get(type_)
        written: dict[str, Any] = {"id": id_, "type": type_, "links": {"self": own}}
        attributes = readable_attributes(self._get(identifier), asked, alone=alone)
        if attributes:
            written["attributes"] = attributes
        relationships: dict[str, dict[str, Any]] = {
            name: {"links": _relationship_links(own, name)} for name in _relationships(type_, asked)
        }
        for name, identifiers in shown.items():
            if name in relationships:
                relationships[name]["data"] = _data(type_, name, identifiers)
        if relationships:
            written["relationships"] = relationships
        written["meta"] = self._meta
        return written

    def _link(self, identifier: Identifier) -> str:
        type_, id_ = identifier
        known = resource_types()[type_]
        own = "" if known.singleton else f"/{id_}"
        return f"{self._api}/{known.path}{own}"


def _relationships(type_: str, asked: frozenset[str] | None) -> list[str]:
    names = resource_types()[type_].relationships
    return [name for name in names if asked is None or name in asked]


def _relationship_links(own: str, name: str) -> dict[str, str]:
    return {"self": f"{own}/relationships/{name}", "related": f"{own}/{name}"}


def _data(type_: str, name: str, identifiers: Sequence[Identifier]) -> object:
    """Write linkage: a list for a to-many relationship, one or null for a to-one relationship."""
    objects = [{"type": related_type, "id": id_} for related_type, id_ in identifiers]
    if resource_types()[type_].relationships[name].many:
        return objects
    return objects[0] if objects else None


def _page_link(request: Request, page: Mapping[str, int]) -> str:
    """Link to a page: absolute, percent-encoded, parameters sorted by name."""
    parameters = sorted({**request.query, **page}.items())
    query = "&".join(f"{quote(name)}={quote(str(value), safe='')}" for name, value in parameters)
    return f"{request.base_url}/{'/'.join(request.segments)}?{query}"
