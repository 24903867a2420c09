"""Where a relationship leads: along stored linkage, or against it, one step or several.

The steps are stated once, and walked either way: from a resource to what its relationship leads
to, and from what is looked for back to the resources whose relationships lead there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from helpers.sandbox.conditions import (
    ANYTHING,
    NOTHING,
    Condition,
    all_of,
    any_of,
    column,
    is_one_of,
)
from helpers.sandbox.resources import Relationship, resource_types
from helpers.sandbox.store import Identifier, Resource, Store

__all__ = ["followed", "leads_to", "linkage", "links_to", "related"]

# Computed relationships, as paths from the resource. A step forward is the name of a relationship;
# a step back is a type and the name of its to-one relationship: every resource of that type whose
# relationship leads here. An empty path leads nowhere: what it would list (promotions' free items,
# claims of an access token) is not emulated.
_PATHS: dict[tuple[str, str], tuple[str | tuple[str, str], ...]] = {
    ("orders", "available_customer_payment_sources"): ("customer", "customer_payment_sources"),
    ("orders", "available_payment_methods"): ("market", ("payment_methods", "market")),
    ("orders", "default_payment_method"): ("market", "default_payment_method"),
    ("orders", "default_shipping_method"): ("market", "default_shipping_method"),
    ("orders", "available_free_skus"): (),
    ("customers", "jwt_markets"): (),
    ("skus", "jwt_markets"): (),
    ("prices", "jwt_markets"): (),
    ("shipments", "line_items"): ("order", "line_items"),
    ("shipments", "available_shipping_methods"): (
        "order",
        "market",
        ("shipping_methods", "market"),
    ),
}

# Computed relationships that leave out what is disabled.
_ENABLED_ONLY = {
    ("orders", "available_payment_methods"),
    ("shipments", "available_shipping_methods"),
}
_ENABLED = Condition(f"{column('disabled_at')} IS NULL")

# Types, and the name of a to-one relationship that resources of these types have.
_End = tuple[tuple[str, ...], str]


class _Found(NamedTuple):
    """Queries in SQL, each of what the one before it found, and what is bound to question marks.

    They stand in a row and not within each other, which SQLite's parser has no room for.
    """

    queries: tuple[str, ...]
    parameters: tuple[object, ...]


class _Step(NamedTuple):
    """A step across stored linkage.

    Attributes:
        ends: Whose linkage it crosses; none where it leads nowhere.
        back: Whether it goes from what is linked to, to what links there.
    """

    ends: tuple[_End, ...]
    back: bool


def linkage(store: Store, resource: Resource, name: str) -> list[Identifier]:
    """Name the resources that a relationship leads to.

    Args:
        store: Where to look.
        resource: The resource that has the relationship.
        name: The relationship's name.

    Returns:
        Identifiers, oldest resource first: one or none for a to-one relationship. A relationship
        to a type that is not emulated leads nowhere.
    """
    relationship = resource_types()[resource.type].relationships[name]
    if not relationship.many and (resource.type, name) not in _PATHS:
        return [resource.linkage[name]] if name in resource.linkage else []
    steps = _steps(resource.type, name)
    if not steps:
        return []
    if not _is_walked(resource.type, name):
        return store.select(relationship.types, [related(resource.identifier, name)])
    for step in steps[:-1]:
        [(_, ahead)] = step.ends
        if ahead not in resource.linkage:
            return []
        resource = store.get(resource.linkage[ahead])
    [(types, back)] = steps[-1].ends
    return store.linked_from(resource.identifier, types=types, name=back)


@cache
def _is_walked(type_: str, name: str) -> bool:
    """Tell whether it goes along linkage from one resource to one, and then against it.

    Step by step, and with what the store has in mind, that is faster than in a query.
    """
    *ahead, last = _steps(type_, name)
    is_single = last.back and len(last.ends) == 1 and not any(step.back for step in ahead)
    return is_single and (type_, name) not in _ENABLED_ONLY


def followed(store: Store, resource: Resource, name: str) -> list[Resource]:
    """Get the resources that a relationship leads to, oldest first."""
    return [store.get(identifier) for identifier in linkage(store, resource, name)]


def related(identifier: Identifier, name: str) -> Condition:
    """Say that a resource is one that this one's relationship leads to."""
    steps = _steps(identifier[0], name)
    if not steps:
        return NOTHING
    found = _Found(("SELECT ?, ?",), identifier)
    for step in steps:
        found = _across(step, found, back=step.back)
    leads_here = _is_found(found)
    return all_of([leads_here, _ENABLED]) if (identifier[0], name) in _ENABLED_ONLY else leads_here


def leads_to(
    types: Sequence[str], path: Sequence[str], condition: Condition, *, or_nowhere: bool = False
) -> Condition:
    """Say that a resource's relationships lead to one of which the condition holds.

    Args:
        types: The types that the resource may have.
        path: Names of relationships, to be followed one after the other. Not all types need to
            have them.
        condition: What is looked for at the end of the path.
        or_nowhere: Whether it is also good that to-one relationships lead nowhere: from the
            resource, or from what a to-many relationship on the way leads to.
    """
    if not path:
        return condition
    if not or_nowhere:
        return _leads_to(types, path, condition)
    to_one, ahead = _to_one_part(tuple(types), tuple(path))
    alternatives = [~_leads_to(types, to_one, ANYTHING)] if to_one else []
    if ahead is None:
        return any_of([_leads_to(types, path, condition), *alternatives])
    at_list, beyond = path[: len(to_one) + 1], path[len(to_one) + 1 :]
    condition = leads_to(ahead, beyond, condition, or_nowhere=True)
    return any_of([_leads_to(types, at_list, condition), *alternatives])


def links_to(name: str, type_: str, ids: Sequence[str]) -> Condition:
    """Say that a resource's own linkage is to one of these: as ``leads_to``, one by one.

    It is for what most resources have in common, beside a condition that few of them meet.
    """
    marks = ", ".join("?" * len(ids))
    sql = (
        "EXISTS (SELECT 1 FROM linkage WHERE linkage.type = resource.type"
        " AND linkage.id = resource.id AND name = ? AND related_type = ?"
        f" AND related_id IN ({marks}))"
    )
    return Condition(sql, (name, type_, *ids))


def _to_one_part(
    types: tuple[str, ...], path: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Cut a path at its first to-many relationship, and name the types there, if it has one."""
    for place, name in enumerate(path):
        has_list = any(each.many for each in _named(types, name))
        types = _types_after(types, name)
        if has_list:
            return path[:place], types
    return path, None


def _leads_to(types: Sequence[str], path: Sequence[str], condition: Condition) -> Condition:
    reached = tuple(types)
    steps: list[_Step] = []
    for name in path:
        ahead = _common_steps(reached, name)
        if not ahead:
            return NOTHING
        steps += ahead
        reached = _types_after(reached, name)
    target = all_of([is_one_of(reached), condition])
    query = f"SELECT resource.type, resource.id FROM resource WHERE {target.sql}"
    found = _Found((query,), target.parameters)
    for step in reversed(steps):
        found = _across(step, found, back=not step.back)
    return _is_found(found)


def _across(step: _Step, found: _Found, *, back: bool) -> _Found:
    """Name all that is one step away from what was found."""
    here, there, of_type = "type, id", "related_type, related_id", "+type"
    if back:
        here, there, of_type = there, here, "type"
    ends = [f"name = ? AND {of_type} IN ({', '.join('?' * len(types))})" for types, _ in step.ends]
    bound = [each for types, name in step.ends for each in (name, *types)]
    last = f"found{len(found.queries) - 1}"
    query = f"SELECT {there} FROM linkage WHERE ({' OR '.join(ends)}) AND ({here}) IN {last}"
    return _Found((*found.queries, query), (*found.parameters, *bound))


def _is_found(found: _Found) -> Condition:
    named = [f"found{place} AS ({query})" for place, query in enumerate(found.queries)]
    sql = f"WITH {', '.join(named)} SELECT * FROM found{len(named) - 1}"
    fixed = frozenset({"id"})
    return Condition(f"(resource.type, resource.id) IN ({sql})", found.parameters, fixed)


def _named(types: Iterable[str], name: str) -> list[Relationship]:
    """Find the relationships of this name, of those types that have one."""
    known = (resource_types()[type_].relationships for type_ in types)
    return [relationships[name] for relationships in known if name in relationships]


@cache
def _types_after(types: tuple[str, ...], name: str) -> tuple[str, ...]:
    related = chain.from_iterable(each.types for each in _named(types, name))
    return tuple(dict.fromkeys(related))


@cache
def _common_steps(types: tuple[str, ...], name: str) -> tuple[_Step, ...]:
    """Take a relationship of several types apart: a single step for all, or steps from one."""
    known = [type_ for type_ in types if name in resource_types()[type_].relationships]
    ways = list(filter(None, dict.fromkeys(_steps(type_, name) for type_ in known)))
    if all(len(steps) == 1 for steps in ways) and len({steps[0].back for steps in ways}) == 1:
        ends = dict.fromkeys(chain.from_iterable(steps[0].ends for steps in ways))
        return (_Step(tuple(ends), back=ways[0][0].back),)
    return ways[0] if ways else ()


@cache
def _steps(type_: str, name: str) -> tuple[_Step, ...]:
    """Take a relationship apart into steps; none where it leads nowhere."""
    relationship = resource_types()[type_].relationships[name]
    if (type_, name) not in _PATHS:
        ends = _other_ends(type_, name) if relationship.many else (((type_,), name),)
        is_known = bool(relationship.types and ends)
        return (_Step(ends, back=relationship.many),) if is_known else ()
    steps: list[_Step] = []
    types: tuple[str, ...] = (type_,)
    for step in _PATHS[type_, name]:
        [at] = types  # a path goes through one type at a time
        if isinstance(step, str):
            steps += _steps(at, step)
            types = resource_types()[at].relationships[step].types
        else:
            steps.append(_Step((((step[0],), step[1]),), back=True))
            types = (step[0],)
    return tuple(steps)


@cache
def _other_ends(type_: str, name: str) -> tuple[_End, ...]:
    """Find the to-one relationships that are this to-many relationship's other end."""
    types: dict[str, list[str]] = {}
    for related_type in resource_types()[type_].relationships[name].types:
        for back in resource_types()[related_type].relationships.values():
            if not back.many and type_ in back.types:
                types.setdefault(back.name, []).append(related_type)
    return tuple((tuple(related_types), back) for back, related_types in types.items())
