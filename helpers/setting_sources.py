"""Find what is set, in the environment and in ``.env``. What the values are worth is seen later."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from helpers.dotenv_file import DotenvFile, Unshown, read_dotenv
from helpers.setting_names import NAMES, SECRETS, WHERE, is_known, is_name, nearest_name

__all__ = ["DOTENV", "ENVIRONMENT", "Settings", "find_settings"]

# Next to the package, wherever a notebook or a script happens to run.
DOTENV = Path(__file__).resolve().parent.parent / ".env"
ENVIRONMENT = "the environment"
# The names of the vendor's own program for the command line, which start like ours.
_VENDORS = "CL_CLI_"
# Also curly ones, which some programs put in place of the straight ones.
_QUOTE = "[\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb]"


@dataclass(frozen=True)
class Settings:
    """What is set, and where.

    Attributes:
        values: The values that count, by their names. They are not shown.
        sources: Where each of them was found: in the environment, or in the file.
        problems: What is wrong with the names, a sentence each.
        notes: What is not wrong, but better known, a sentence each.
        not_read: Names in the file that no setting has, whether they are a problem or not.
        displaced: Settings in the file in whose place the environment has another way to say
            where. Their values are not among those above.
    """

    values: Mapping[str, Unshown]
    sources: Mapping[str, str]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    displaced: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Where they were found, in words."""
        return " and ".join(sorted(set(self.sources.values()))) or "nowhere"


def find_settings(environ: Mapping[str, str] | None = None, *, dotenv: Path = DOTENV) -> Settings:
    """Find what is set.

    Args:
        environ: The environment; by default that of this process. What it sets wins over the
            file, an empty value sets nothing.
        dotenv: The file to read beside it; it need not exist. Where the environment says
            ``CL_PLACE=sandbox``, it is not read.

    Raises:
        SettingsError: The file cannot be read, or one of its lines is no setting.
    """
    # No variable here holds the environment: a traceback with the values of variables shows them.
    exported = _taken(os.environ if environ is None else environ)
    if exported.get("CL_PLACE") == "sandbox":
        return Settings({"CL_PLACE": exported["CL_PLACE"]}, {"CL_PLACE": ENVIRONMENT})
    file = read_dotenv(dotenv, secrets=SECRETS)
    written = _taken(file.values)
    problems = [
        *_unknown_in(file),
        *_unknown(name for name in exported if not name.startswith(_VENDORS)),
        *_twice(file, written),
    ]
    where = exported.keys() & WHERE
    displaced = {name: file.name for name in sorted(WHERE - where) if where and name in written}
    written = {name: value for name, value in written.items() if name not in displaced}
    values = {**written, **exported}
    values = {name: values[name] for name in NAMES if name in values}
    return Settings(
        values=values,
        sources={name: ENVIRONMENT if name in exported else file.name for name in values},
        problems=tuple(problems),
        notes=(
            *_notes(file),
            *_displaced(displaced, where),
            *_called_otherwise(file, values),
            *_quoted(values),
        ),
        not_read=tuple(_named(name, file) for name in file.values if name not in NAMES),
        displaced=displaced,
    )


def _taken(values: Mapping[str, str]) -> dict[str, Unshown]:
    """Take what may be ours and is not empty. Only a password keeps the spaces around it."""
    return {
        name: Unshown(value if name == "CL_CUSTOMER_PASSWORD" else value.strip())
        for name, value in values.items()
        if name.upper().startswith("CL_") and value.strip()
    }


def _unknown(names: Iterable[str], where: str = ENVIRONMENT) -> Iterator[str]:
    """Tell of names that start like ours, look like one of them, and are none.

    The environment may hold names of other programs that happen to start the same.
    """
    for name in names:
        near = None if is_known(name) else nearest_name(name)
        if near:
            yield f"Expected no setting named {name} in {where}. Did you mean {near}?"


def _unknown_in(file: DotenvFile) -> Iterator[str]:
    """Tell of names in the file that start like ours and are none."""
    yield from _unknown(file.values, file.name)
    for name in file.values:
        if name.startswith("CL_") and not is_known(name) and not nearest_name(name):
            named = f"named {name} in {file.name}" if is_name(name) else f"at {_named(name, file)}"
            yield f"Expected no setting {named}. There are: {', '.join(NAMES)}."


def _named(name: str, file: DotenvFile) -> str:
    """Name a name, or the line of what may be none."""
    return name if is_name(name) else f"line {file.lines[name][0]} of {file.name}"


def _twice(file: DotenvFile, written: Iterable[str]) -> Iterator[str]:
    for name in file.twice:
        if name in written and is_known(name):
            lines = ", ".join(map(str, file.lines[name]))
            yield (
                f"Expected {name} once in {file.name}, got it with different values at lines "
                f"{lines}: remove all but one."
            )


def _notes(file: DotenvFile) -> Iterator[str]:
    if file.open_to_others and SECRETS & file.values.keys():
        yield (
            f"Other users of this machine can read `{file.name}`, which holds secrets: run "
            f"`chmod 600 {file.name}` in its folder."
        )
    for name in file.cut:
        yield (
            f"In `{file.name}` a comment follows the value of {name}: if what stands there is a "
            "part of it, put quotes around it."
        )


def _displaced(displaced: Mapping[str, str], used: Iterable[str]) -> Iterator[str]:
    """Tell of a way to say where that the environment's other one has taken the place of."""
    for (name, file), winner in product(displaced.items(), used):
        yield (
            f"{winner} of {ENVIRONMENT} is used, and {name} of `{file}` is not. Unless you mean "
            f"that, run `unset {winner}` in the terminal, and start the program from there anew."
        )


def _called_otherwise(file: DotenvFile, values: Mapping[str, str]) -> Iterator[str]:
    """Tell of names of other programs that end as ours do. Some bring them along on purpose."""
    for name in file.values:
        ours = next((ours for ours in NAMES if _ends_as(name, ours)), None)
        if ours and ours not in values:
            yield f"{name} in `{file.name}` is not read; {ours} would be."


def _ends_as(name: str, ours: str) -> bool:
    if name.upper().startswith("CL_"):
        return False
    is_short = name.upper().replace("-", "_") == ours.removeprefix("CL_")
    return is_short or (is_name(name) and name.endswith(f"_{ours}"))


def _quoted(values: Mapping[str, str]) -> Iterator[str]:
    """Tell of a password with quotes around it: they may be a part of it, and seldom are."""
    if re.fullmatch(f"{_QUOTE}.*{_QUOTE}", values.get("CL_CUSTOMER_PASSWORD", "").strip()):
        yield (
            "CL_CUSTOMER_PASSWORD has quotes around it that are taken as a part of it: leave them "
            'out, or put straight ones, ", in their place, unless they are.'
        )
