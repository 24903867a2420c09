"""The facts of ``resources.json`` as types.

What the facts leave open is filled in here: which types a class stands for where it stands for
several, and that an attribute is nullable where they do not say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources as package_files
from typing import Any

__all__ = [
    "Attribute",
    "Relationship",
    "ResourceType",
    "class_of",
    "resource_types",
    "types_elsewhere",
]

# Classes that stand for several resource types. Of each, the types that the facts describe.
_TYPES_OF_CLASS = {
    "Item": ("skus", "shipments", "payment_methods"),
    "PaymentGateway": ("klarna_gateways",),
    "PaymentSource": ("klarna_payments", "stripe_payments"),
    "Resource": ("orders",),
    "Transaction": ("authorizations", "captures", "voids", "refunds"),
}


@dataclass(frozen=True)
class _Flagged:
    """What an attribute and a relationship have in common.

    Attributes:
        name: Its name, with a leading underscore for a trigger attribute.
        flags: Letters, explained at the top of ``resources.json``.
        required: Whether a creation needs it, in the facts' words, or an empty text.
    """

    name: str
    flags: str
    required: str

    @property
    def creatable(self) -> bool:
        """Whether it may be part of a creation."""
        return "c" in self.flags

    @property
    def updatable(self) -> bool:
        """Whether it may be part of an update."""
        return "u" in self.flags

    @property
    def filterable(self) -> bool:
        """Whether a list may be filtered by it."""
        return "f" in self.flags

    @property
    def sortable(self) -> bool:
        """Whether a list may be sorted by it."""
        return "s" in self.flags

    @property
    def refused_to_sales_channels(self) -> bool:
        """Whether a sales channel may not send it."""
        return "x" in self.flags


@dataclass(frozen=True)
class Attribute(_Flagged):
    """An attribute of a resource type.

    Attributes:
        type: ``string``, ``boolean``, ``integer``, ``float``, ``object`` or ``array``.
        nullable: Whether it may be null; assumed where the facts do not say.
        enum: The values it can have, or none where any value of its type will do.
        is_datetime: Whether it is an instant, written as a string.
    """

    type: str
    nullable: bool
    enum: tuple[str, ...]
    is_datetime: bool

    @property
    def readable(self) -> bool:
        """Whether it is part of an answer."""
        return "r" in self.flags


@dataclass(frozen=True)
class Relationship(_Flagged):
    """A relationship of a resource type.

    Attributes:
        many: Whether it is a to-many relationship.
        types: The resource types it can link to, of those that the facts describe.
        includable: Whether it may be named in ``include``.
    """

    many: bool
    types: tuple[str, ...]
    includable: bool


@dataclass(frozen=True, eq=False)
class ResourceType:
    """A resource type. There is one object for each, by which what follows from it can be kept.

    Attributes:
        name: Its name, such as ``orders``.
        actions: What can be done with it, such as ``list`` and ``retrieve``.
        singleton: Whether there is just one, so that its path needs no id.
        attributes: All attributes by name, in documented order, without the id.
        relationships: All relationships by name, in documented order.
        money: What comes before ``_cents`` in the amounts that are answered as a triple of
            cents, float and formatted text.
        concrete: The types of the resources in its list: itself, or those it is the parent of.
    """

    name: str
    actions: tuple[str, ...]
    singleton: bool
    attributes: Mapping[str, Attribute]
    relationships: Mapping[str, Relationship]
    money: tuple[str, ...]
    concrete: tuple[str, ...]

    @property
    def path(self) -> str:
        """What stands for it in a path: its name, and for a singleton its name in the singular."""
        return self.name.removesuffix("s") if self.singleton else self.name


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Read the facts, once: every resource type by its name."""
    facts = _facts()
    names_of_class = {class_of(name): (name,) for name in facts} | _TYPES_OF_CLASS
    return {name: _resource_type(name, fact, names_of_class) for name, fact in facts.items()}


@cache
def types_elsewhere() -> frozenset[str]:
    """Name the types that the facts do not describe, but have relationships to."""
    relationships = [each for fact in _facts().values() for each in fact["relationships"].values()]
    classes = {each["class"] for each in relationships} - set(_TYPES_OF_CLASS)
    return frozenset(map(_type_of, classes)) - set(_facts())


@cache
def _facts() -> dict[str, dict[str, Any]]:
    text = package_files.files("helpers.sandbox").joinpath("resources.json").read_text("utf-8")
    facts: dict[str, dict[str, Any]] = json.loads(text)["types"]
    return facts


def _resource_type(
    name: str, fact: Mapping[str, Any], names_of_class: Mapping[str, tuple[str, ...]]
) -> ResourceType:
    attributes = {
        key: Attribute(
            name=key,
            flags=value["flags"],
            required=value.get("required", ""),
            type=value["type"],
            nullable=value.get("nullable", True),
            enum=tuple(value.get("enum", ())),
            is_datetime=key.endswith("_at"),
        )
        for key, value in fact["attributes"].items()
        if key != "id"
    }
    relationships = {
        key: Relationship(
            name=key,
            flags=value.get("flags", ""),
            required=value.get("required", ""),
            many=value["kind"] == "many",
            types=names_of_class.get(value["class"], ()),
            includable=value["class"] != "EventStore",
        )
        for key, value in fact["relationships"].items()
    }
    return ResourceType(
        name=name,
        actions=tuple(fact["actions"]),
        singleton=bool(fact.get("singleton")),
        attributes=attributes,
        relationships=relationships,
        money=tuple(
            key.removesuffix("_cents")
            for key, attribute in attributes.items()
            if key.endswith("_cents") and attribute.readable and not key.startswith("_")
        ),
        concrete=names_of_class[class_of(name)],
    )


def class_of(name: str) -> str:
    """Turn the name of a type into the name of its class: ``line_items`` into ``LineItem``."""
    singular = name[:-2] if name.endswith("sses") else name.removesuffix("s")
    return "".join(word.capitalize() for word in singular.split("_"))


def _type_of(class_: str) -> str:
    """Turn the name of a class into the name of its type: ``SkuOption`` into ``sku_options``."""
    singular = re.sub(r"(?<!^)(?=[A-Z])", "_", class_).lower()
    stem = re.sub(r"(?<![aeiou])y$", "ie", singular)
    return f"{stem}es" if stem.endswith("ss") else f"{stem}s"
