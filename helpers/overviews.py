"""Show a document at a glance, as tables. No I/O happens here.

What a table of resources shows is chosen by rule, not by type: the first attributes that tell one
row from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helpers.documents import Document, ResourceObject
from helpers.errors import DocumentError
from helpers.folding import UNPRINTABLE, to_json
from helpers.masking import is_secret, mask
from helpers.views import View, facts, join, table

__all__ = ["STARTING_TYPES", "overview", "overview_of_types", "page_of", "printable", "rows_of"]

# Where to start: the recipe's resource types, and their neighbours. No documented request lists the
# types of an organization.
STARTING_TYPES: Mapping[str, str] = {
    "orders": "what customers buy, or are about to",
    "line_items": "what an order consists of",
    "customers": "who buys",
    "customer_payment_sources": "the entries of customer wallets",
    "customer_addresses": "the entries of address books",
    "addresses": "where to ship, and whom to bill",
    "payment_methods": "how a market's orders can be paid",
    "payment_gateways": "who carries the payments out",
    "klarna_gateways": "those of Klarna's",
    "klarna_payments": "payment sources of Klarna's",
    "stripe_payments": "payment sources of Stripe's",
    "transactions": "authorizations, captures, voids and refunds together",
    "authorizations": "money that a gateway has put aside",
    "captures": "money that was taken",
    "voids": "authorizations that were given up",
    "refunds": "money that was given back",
    "shipments": "what is sent together",
    "shipping_methods": "how it is sent",
    "markets": "where it is sold",
    "skus": "what can be bought",
    "prices": "what it costs",
    "price_lists": "the prices of a market",
    "resource_errors": "what went wrong with a resource, outside of a request",
    "organization": "the organization itself; there is one",
    "application": "the application that the access token was issued to; there is one",
}

# A table of resources shows all of their attributes where these are few, or else the first of them.
_FEW_COLUMNS, _COLUMNS = 6, 4
_LONGEST_VALUE = 60
_MOST_LINKED = 3
# The links to other pages, and what an exploration calls the ways there.
_WAYS = {"next": "next", "prev": "previous"}
# What JSON escapes in any case, such as the end of a line, goes along.
_UNPRINTABLE = re.compile(rf"[\x00-\x1f{UNPRINTABLE}]")
_KINDS: Mapping[type, str] = {dict: "an object", list: "a list", str: "a string"}


def overview_of_types() -> View:
    """Show the resource types to start from, numbered. They come from no request."""
    return table(
        "Resource types to start from",
        ["row", "type", "what it is"],
        [[str(n), name, what] for n, (name, what) in enumerate(STARTING_TYPES.items(), 1)],
        note='Go on with `.open("orders")`. No request was sent: this list is part of the project.',
    )


def overview(document: Document) -> View:
    """Show what came back: a page of a list, or one resource with its relationships.

    Args:
        document: Any answer of the API's.

    Returns:
        A view that names the request. Rows that can be opened are numbered. Secrets are hidden as
        in annotated views.

    Raises:
        DocumentError: The answer is not as JSON:API has it; the message says where.
    """
    _check(document)
    exchange = document.exchange
    body = mask(
        document.body,
        secrets=not exchange.made_up,
        base_url=exchange.base_url,
        known=exchange.secrets,
    )
    shown = Document(body=body, exchange=exchange)
    return join([_facts(shown), *_tables(shown)])


def rows_of(document: Document) -> list[ResourceObject]:
    """List the resources that the view numbers: those of a list, then what was included."""
    listed = document.resources if isinstance(document.body["data"], list) else []
    return [*listed, *document.included]


def page_of(document: Document) -> str:
    """Say which part of a list an answer holds, as far as it tells."""
    number = (document.body.get("meta") or {}).get("record_count")
    links = document.body.get("links") or {}
    ends = {"prev": "the first", "next": "the last"}
    is_end = [text for way, text in ends.items() if not links.get(way)]
    pages = {0: "a page between others", 1: f"{''.join(is_end)} page", 2: "the only page"}
    count = "" if number is None else f" of {number}"
    return f"{len(document.resources)}{count} resources; {pages[len(is_end)]}"


def printable(text: str) -> str:
    """Write what a terminal would obey, or could not show, as JSON escapes it; the rest as is."""
    return _UNPRINTABLE.sub(lambda found: to_json(found[0])[1:-1], text)


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, note: str = ""
) -> View:
    """Show a table, nothing of which is taken for anything but text."""
    cells = [list(map(printable, row)) for row in rows]
    return table(printable(title), list(map(printable, columns)), cells, note=note)


def _check(document: Document) -> None:
    """Look whether an answer has JSON:API's shape, as far as a view depends on it."""

    def need(value: object, kind: type, place: str) -> None:
        if not isinstance(value, kind):
            raise DocumentError(
                f"{document.exchange.request_line}: expected {printable(place)} to be "
                f"{_KINDS[kind]}, got {type(value).__name__}."
            )

    def identified(value: Any, place: str) -> Iterator[tuple[Any, str]]:
        items = value if isinstance(value, list) else [value] if value else []
        for number, item in enumerate(items):
            where = f"{place}/{number}" if isinstance(value, list) else place
            need(item, dict, where)
            for name in ("type", "id"):
                need(item.get(name), str, f"{where}/{name}")
            yield item, where

    body = document.body
    for name, kind in (("links", dict), ("meta", dict), ("included", list)):
        need(body.get(name) or kind(), kind, f"/{name}")
    for way, link in (body.get("links") or {}).items():
        if way in _WAYS and link:
            is_object = isinstance(link, dict)
            place = f"/links/{way}/href" if is_object else f"/links/{way}"
            need(link.get("href") if is_object else link, str, place)
    for name in ("data", "included"):
        for resource, place in identified(body.get(name), f"/{name}"):
            for part in ("attributes", "relationships"):
                need(resource.get(part) or {}, dict, f"{place}/{part}")
            for way, member in (resource.get("relationships") or {}).items():
                where = f"{place}/relationships/{way}"
                need(member or {}, dict, where)
                list(identified((member or {}).get("data"), f"{where}/data"))


def _facts(document: Document) -> View:
    exchange, data = document.exchange, document.body["data"]
    links = document.body.get("links") or {}
    ways = ["`.open(1)`"] if rows_of(document) else []
    if isinstance(data, list):
        title = page_of(document)
        ways += [f"`.{way}()`" for link, way in _WAYS.items() if links.get(link)]
    elif data is None:
        title = "Nothing: the relationship leads nowhere"
    else:
        title = f"{data['type']} {data['id']}"
        ways += [f'`.follow("{name}")`' for name in list(data.get("relationships") or {})[:1]]
    rows = {
        "request": f"`{exchange.request_line}`",
        "answer": f"{exchange.status} {exchange.reason}".strip(),
        "go on with": " or ".join(ways),
    }
    told = {name: printable(fact) for name, fact in rows.items() if fact}
    return facts(printable(title), told)


def _tables(document: Document) -> Iterator[View]:
    data = document.body["data"]
    listed = data if isinstance(data, list) else []
    if isinstance(data, Mapping):
        yield from _of_one(data)
    if listed:
        yield _of_several("Resources", listed, start=1)
    if document.included:
        yield _of_several("Included", document.included, start=1 + len(listed))


def _of_several(title: str, resources: Sequence[Mapping[str, Any]], *, start: int) -> View:
    names = _telling(resources)
    types = {resource["type"] for resource in resources}
    rows = [
        [
            str(number),
            *([resource["type"]] if len(types) > 1 else []),
            resource["id"],
            *(_brief((resource.get("attributes") or {}).get(name)) for name in names),
        ]
        for number, resource in enumerate(resources, start)
    ]
    if len(types) > 1:
        return _table(title, ["row", "type", "id", *names], rows)
    return _table(f"{title}: {types.pop()}", ["row", "id", *names], rows)


def _of_one(resource: Mapping[str, Any]) -> Iterator[View]:
    attributes = resource.get("attributes") or {}
    relationships = resource.get("relationships") or {}
    told = {name: value for name, value in attributes.items() if _is_told(name, attributes)}
    rows = [[name, _brief(value)] for name, value in told.items() if _is_set(value)]
    if attributes:
        unset = sum(not _is_set(value) for value in attributes.values())
        note = f"{unset} more are null or empty." if unset else ""
        if len(told) < len(attributes):
            note = f"{note} Amounts are shown in their formatted form alone.".strip()
        yield _table("Attributes", ["attribute", "value"], rows, note=note)
    if relationships:
        columns, ways = ["relationship", "follow it with"], []
        is_linked = any("data" in (member or {}) for member in relationships.values())
        for name, member in relationships.items():
            linked = [_linked(member or {})] if is_linked else []
            ways.append([name, f'`.follow("{name}")`', *linked])
        yield _table("Relationships", [*columns, "leads to"][: 2 + is_linked], ways)


def _telling(resources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Choose the attributes that tell resources from each other, in the answer's order."""
    every = [resource.get("attributes") or {} for resource in resources]
    values = {
        name: [attributes.get(name) for attributes in every]
        for attributes in every
        for name in attributes
        if name != "type"
        and not is_secret(name, "")
        and not name.endswith("_at")
        and _is_told(name, attributes)
    }
    plain = {
        name: column
        for name, column in values.items()
        if any(map(_is_set, column)) and not any(isinstance(v, dict | list) for v in column)
    }
    if len(plain) <= _FEW_COLUMNS:
        return list(plain)
    # Those whose values differ come first; the sort keeps the order otherwise.
    chosen = sorted(plain, key=lambda name: len(set(map(to_json, plain[name]))) == 1)[:_COLUMNS]
    return [name for name in plain if name in chosen]


def _is_told(name: str, attributes: Mapping[str, Any]) -> bool:
    """Leave out an amount in cents and as a float where it is also there to be read."""
    stem, _, ending = name.rpartition("_")
    return ending not in {"cents", "float"} or f"formatted_{stem}" not in attributes


def _is_set(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def _brief(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else to_json(value)
    text = printable(text)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _linked(member: Mapping[str, Any]) -> str:
    """Name what a relationship links to, where the answer tells."""
    if "data" not in member:
        return "not included"
    linkage = member["data"]
    identifiers = linkage if isinstance(linkage, list) else [linkage] if linkage else []
    names = [f"{item['type']} {item['id']}" for item in identifiers[:_MOST_LINKED]]
    more = len(identifiers) - len(names)
    return ", ".join(names + [f"{more} more"] * bool(more)) or "nothing"
