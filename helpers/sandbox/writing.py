"""A creation or an update on its way into the store: what is sent, and what is wrong with it.

The rules of each resource type (``rules.py``) fill it in and add their faults. It is stored when
there are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from helpers.sandbox.changes import Change
from helpers.sandbox.errors import ErrorObject, Refusal, invalid
from helpers.sandbox.permissions import is_visible
from helpers.sandbox.resources import Attribute, ResourceType
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.tokens import Bearer
from helpers.sandbox.values import Fault, read_value

__all__ = ["Writing", "open_writing"]

# The facts state a default in words.
_DEFAULT = re.compile(r"default is '(\w+)'$")
# Values that no two resources of a type may have.
_UNIQUE = {
    ("customers", "email"),
    ("markets", "code"),
    ("orders", "number"),
    ("price_lists", "code"),
    ("skus", "code"),
}
# What anyone may note on a resource, whatever its state: it is about nothing else.
_NOTES = {"reference", "reference_origin", "metadata"}
# The least that a number can be.
_LEAST: Mapping[tuple[str, str], int] = {
    ("line_items", "quantity"): 1,
    ("line_items", "unit_amount_cents"): 0,
    ("payment_methods", "price_amount_cents"): 0,
    ("prices", "amount_cents"): 0,
    ("shipping_methods", "price_amount_cents"): 0,
}


@dataclass
class Writing:
    """A creation, or an update of a resource.

    Attributes:
        store: Where it is going to.
        bearer: Who sends it.
        type: The resource type.
        resource: What is updated, or None for a creation.
        attributes: What is going to be stored, by name.
        linkage: The to-one relationships that are set, or emptied with None.
        options: Values that ask for something, such as those of trigger attributes, or that
            no answer ever shows, such as a password. They are not stored as they are.
        named: The names of all relationships that the document sets.
        faults: Error objects so far.
    """

    store: Store
    bearer: Bearer
    type: ResourceType
    resource: Resource | None
    attributes: dict[str, Any] = field(default_factory=dict)
    linkage: dict[str, Identifier | None] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    faults: list[ErrorObject] = field(default_factory=list)

    def get(self, name: str) -> Any:
        """Tell what the attribute is going to be."""
        held = self.resource.attributes if self.resource else {}
        return self.attributes[name] if name in self.attributes else held.get(name)

    def linked(self, name: str) -> Identifier | None:
        """Tell where the to-one relationship is going to lead."""
        held = self.resource.linkage if self.resource else {}
        return self.linkage[name] if name in self.linkage else held.get(name)

    def related(self, name: str) -> Resource | None:
        """Get the resource that the to-one relationship is going to lead to."""
        identifier = self.linked(name)
        return self.store.get(identifier) if identifier else None

    def changes(self, *names: str) -> bool:
        """Tell whether one of these attributes or relationships becomes another."""
        if self.resource is None:
            return any(name in self.attributes or name in self.linkage for name in names)
        if not self.attributes and not self.linkage:
            return False
        held = self.resource
        return any(
            self.get(name) != held.attributes.get(name)
            or self.linked(name) != held.linkage.get(name)
            for name in names
        )

    @property
    def only_notes(self) -> bool:
        """Whether it is an update that notes something and changes nothing else."""
        return bool(self.resource) and not self.linkage and self.attributes.keys() <= _NOTES

    def default(self, **values: Any) -> None:
        """Set attributes that a creation leaves open."""
        if self.resource is None:
            self.attributes = {**values, **self.attributes}

    def refuse(
        self, name: str, error: str, title: str, detail: str | None = None, **meta: object
    ) -> None:
        """Note a fault of an attribute or a relationship (422)."""
        member = "relationships" if name in self.type.relationships else "attributes"
        pointer = f"/data/{member}/{name}"
        self.faults.append(invalid(pointer, error, title, detail, **meta))

    def refuse_blank(self, name: str) -> None:
        """Note that an attribute or a relationship can't be blank."""
        self.refuse(name, "blank", "can't be blank")

    def check(self) -> None:
        """Look for what is missing, too small, or taken already.

        Raises:
            Refusal: With every fault of the writing (422).
        """
        attributes, relationships = _needed(self.type)
        names = {*self.attributes, *self.options, *(() if self.resource else attributes)}
        places = _places(self.type)
        for name in sorted(names & places.keys(), key=places.__getitem__):
            self._check_attribute(self.type.attributes[name])
        for name in relationships:
            known = bool(self.linked(name))
            # Of what is not emulated, it is known whether it is set, and not to what.
            if not self.type.relationships[name].types:
                known = name in self.named and name not in self.linkage
            if not known and (self.resource is None or name in self.linkage):
                self.refuse_blank(name)
        if self.faults:
            raise Refusal(422, *_once_each(self.faults))

    def _check_attribute(self, attribute: Attribute) -> None:
        name = attribute.name
        values = self.attributes if attribute.readable else self.options
        value = values.get(name)
        is_needed = name in _needed(self.type)[0]
        if name not in values:
            if is_needed and self.resource is None:
                self.refuse_blank(name)
            return
        if value is None or value == "":
            if is_needed or not attribute.nullable:
                self.refuse_blank(name)
            return
        least = _LEAST.get((self.type.name, name))
        if least is not None and value < least:
            title = f"must be greater than or equal to {least}"
            self.refuse(name, "greater_than_or_equal_to", title, value=value, count=least)
        if (self.type.name, name) in _UNIQUE:
            own = self.resource.identifier if self.resource else None
            if any(o != own for o in self.store.find_with(self.type.name, name, value)):
                self.refuse(name, "taken", "has already been taken", value=value)


def open_writing(
    store: Store, bearer: Bearer, type_: ResourceType, resource: Resource | None, change: Change
) -> Writing:
    """Read a change's values and linkage; what is wrong with them is noted.

    Args:
        store: Where it is going to.
        bearer: Who sends it. What they may not see, they cannot link to.
        type_: The resource type.
        resource: What is updated, or None for a creation.
        change: What the document asks for.
    """
    writing = Writing(store, bearer, type_, resource, named=change.named)
    for name, sent in change.attributes.items():
        attribute = type_.attributes[name]
        try:
            value = sent if _is_trigger(attribute) else read_value(attribute, sent)
        except Fault as fault:
            writing.refuse(name, fault.error, fault.title, None, **fault.meta)
            continue
        kept = writing.attributes if attribute.readable else writing.options
        kept[name] = {} if name == "metadata" and value is None else value
    if resource is None:
        for attribute in type_.attributes.values():
            stated = _DEFAULT.search(attribute.required)
            if stated and writing.attributes.get(attribute.name) is None:
                writing.attributes[attribute.name] = read_value(attribute, stated[1])
    for name, identifier in change.linkage.items():
        target = store.find([identifier[0]], identifier[1]) if identifier else None
        if identifier and (target is None or not is_visible(store, bearer, target)):
            writing.refuse(name, "required", "must exist")
        else:
            writing.linkage[name] = identifier
    return writing


@cache
def _places(type_: ResourceType) -> Mapping[str, int]:
    """Number the attributes in documented order."""
    return {name: place for place, name in enumerate(type_.attributes)}


@cache
def _needed(type_: ResourceType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the attributes, and the relationships, that a creation needs."""
    flagged = (type_.attributes, type_.relationships)
    attributes, relationships = (
        tuple(
            name for name, each in known.items() if each.required == "required" and each.creatable
        )
        for known in flagged
    )
    return attributes, relationships


def _is_trigger(attribute: Attribute) -> bool:
    """Tell whether it is the table of triggers that reads the value, and says what it expects."""
    return attribute.name.startswith("_") and not attribute.readable and attribute.updatable


def _once_each(faults: list[ErrorObject]) -> list[ErrorObject]:
    """Keep one fault a member: what is no number is not blank as well."""
    found: dict[str, ErrorObject] = {}
    for fault in faults:
        found.setdefault(fault["source"]["pointer"], fault)
    return list(found.values())
