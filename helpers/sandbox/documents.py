"""Write JSON:API documents as the API writes them: member order, links, linkage, included.

They are written as text, piece by piece: half of a document is links, which are the same for all
resources of a type but for where the resource is. Types and ids are letters, which stand in JSON
as they are.

Sources: https://docs.commercelayer.io/core/api-specification,
https://docs.commercelayer.io/core/fetching-relationships and
https://docs.commercelayer.io/core/pagination
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
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

# Stands for a resource's own link. In a text of JSON, it cannot stand for itself.
_OWN = "\0"
# Of one resource, as it is seen from here and there.
_MOST_WRITTEN = 4
# A client may name a host of any length, and it stands in a document eighty times.
_LONGEST_LINK = 200


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
        self._api_in_json = _in_json(self._api)
        organization_id = store.fact("organization")["id"]
        self._meta = f'{{"mode": "test", "organization_id": "{organization_id}"}}'

    def one(self, identifier: Identifier | None, parameters: Parameters) -> str:
        """Write the document of one resource, or of none."""
        if identifier is None:
            return _object({"data": "null"})
        [data], included = self._resource_objects([identifier], parameters, alone=True)
        return _object({"data": data, **included})

    def many(
        self,
        types: Sequence[str],
        conditions: Sequence[Condition],
        parameters: Parameters,
        request: Request,
    ) -> str:
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
    ) -> str:
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

    def relationship(self, resource: Resource, name: str) -> str:
        """Write the document of a relationship itself: its links and its linkage."""
        data = _data(resource.type, name, self.linkage(resource, name))
        links = _relationship_links(name).replace(_OWN, self._own(resource.identifier))
        return _object({"links": links, "data": data})

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
            if may_see(self._store, self._bearer, self._store.get(identifier))
        ]

    def _page(
        self,
        identifiers: Sequence[Identifier],
        records: int,
        parameters: Parameters,
        request: Request,
    ) -> str:
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
        return _object(
            {"data": _array(data), "meta": json.dumps(meta), **included, "links": json.dumps(links)}
        )

    def _resource_objects(
        self, identifiers: Sequence[Identifier], parameters: Parameters, *, alone: bool = False
    ) -> tuple[list[str], dict[str, str]]:
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
        return data, {"included": _array(objects.values())} if parameters.include else {}

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
        self,
        identifier: Identifier,
        shown: Mapping[str, list[Identifier]],
        fields: Mapping[str, frozenset[str]],
        *,
        alone: bool,
    ) -> str:
        type_, id_ = identifier
        own = self._own(identifier)
        asked = fields.get(type_)
        resource = self._store.get(identifier)
        # What it looks like follows from these alone, while it stays as it is.
        key = own, asked, alone, tuple((name, *found) for name, found in shown.items())
        if key in resource.written:
            return resource.written[key]
        written = {"id": f'"{id_}"', "type": f'"{type_}"', "links": f'{{"self": "{own}"}}'}
        attributes = readable_attributes(resource, asked, alone=alone)
        if attributes:
            written["attributes"] = json.dumps(attributes)
        relationships = _relationships(type_, asked)
        if relationships:
            for name, identifiers in shown.items():
                without = _relationship(name)
                data = _data(type_, name, identifiers)
                relationships = relationships.replace(without, _relationship(name, data))
            written["relationships"] = relationships.replace(_OWN, own)
        written["meta"] = self._meta
        document = _object(written)
        if len(own) <= _LONGEST_LINK:
            if len(resource.written) == _MOST_WRITTEN:
                resource.written.clear()
            resource.written[key] = document
        return document

    def link(self, identifier: Identifier) -> str:
        """Link to a resource."""
        return self._api + _path(identifier)

    def _own(self, identifier: Identifier) -> str:
        """Link to a resource, between quotation marks. What a client names as host may hold any."""
        return self._api_in_json + _path(identifier)


@lru_cache(maxsize=64)
def _in_json(text: str) -> str:
    """Write a text to stand between quotation marks."""
    return json.dumps(text)[1:-1]


def _path(identifier: Identifier) -> str:
    type_, id_ = identifier
    known = resource_types()[type_]
    return f"/{known.path}" if known.singleton else f"/{known.path}/{id_}"


@lru_cache(maxsize=1024)
def _relationships(type_: str, asked: frozenset[str] | None) -> str:
    """Write the relationships of a type, without linkage; an empty text where there are none."""
    names = [
        name for name in resource_types()[type_].relationships if asked is None or name in asked
    ]
    return f"{{{', '.join(map(_relationship, names))}}}" if names else ""


def _relationship(name: str, data: str = "") -> str:
    """Write a relationship as a member of an object."""
    links = _relationship_links(name)
    return f'"{name}": {_object({"links": links, "data": data} if data else {"links": links})}'


def _relationship_links(name: str) -> str:
    return f'{{"self": "{_OWN}/relationships/{name}", "related": "{_OWN}/{name}"}}'


def _data(type_: str, name: str, identifiers: Sequence[Identifier]) -> str:
    """Write linkage: a list for a to-many relationship, one or null for a to-one relationship."""
    objects = [f'{{"type": "{related_type}", "id": "{id_}"}}' for related_type, id_ in identifiers]
    if resource_types()[type_].relationships[name].many:
        return _array(objects)
    return objects[0] if objects else "null"


def _object(members: Mapping[str, str]) -> str:
    """Write an object of members that are written already; their names need no escapes."""
    written = [f'"{name}": {member}' for name, member in members.items()]
    return f"{{{', '.join(written)}}}"


def _array(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _page_link(request: Request, page: Mapping[str, int]) -> str:
    """Link to a page: absolute, percent-encoded, parameters sorted by name."""
    parameters = sorted({**request.query, **page}.items())
    query = "&".join(f"{quote(name)}={quote(str(value), safe='')}" for name, value in parameters)
    return f"{request.base_url}/{'/'.join(request.segments)}?{query}"
