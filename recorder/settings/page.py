"""What a settings page is: a pydantic model whose fields say all that storage, forms and routes need to know."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticUndefined

from recorder.settings.action import Action
from recorder.settings.scope import Area, Capability, Permission, Scope


def setting(
    default: Any = PydanticUndefined,
    *,
    title: str,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    shortest: int | None = None,
    longest: int | None = None,
    choices: Mapping[Any, str] | None = None,
    widget: str = "",
    group: str = "",
    hint: str = "",
    needs: Capability | None = None,
    restart: bool = False,
    system_owned: bool = False,
    told: bool = False,
    lowering: str = "",
    nothing: str = "",
) -> Any:
    """Declare a field of a page. Without a default it must be given.

    `unit`, `choices` (value: title), `widget`, `group` and `hint` are for forms and arrive in the JSON schema as `x-…`;
    `restart` says that a change takes effect at the next start; `needs` hides the field where a capability is missing;
    `system_owned` makes it read-only where an operating system looks after it; `told` is always read-only, and what it
    says is told by who knows (`Settings.tell`); `lowering` is what is lost when the number
    becomes smaller (0 stands for no end where it is allowed): see `recorder.settings.losses`; `nothing` is what it
    means that nothing is chosen.
    """
    shown: dict[str, Any] = {
        "x-unit": unit,
        "x-choices": {str(value): words for value, words in (choices or {}).items()},
        "x-widget": widget,
        "x-group": group,
        "x-hint": hint,
        "x-needs": needs.value if needs else "",
        "x-restart": restart,
        "x-system-owned": system_owned,
        "x-told": told,
        "x-lowering": lowering,
        "x-nothing": nothing,
    }
    kept = {name: value for name, value in shown.items() if value}
    return Field(
        default, title=title, ge=ge, le=le, min_length=shortest, max_length=longest, json_schema_extra=kept or None
    )


@dataclass(frozen=True)
class About:
    """What the class arguments of a page say: its name in routes, its place, the version of its stored form."""

    name: str
    title: str
    scope: Scope
    area: Area
    permission: Permission
    order: int
    version: int
    copyable: bool
    removable: bool
    numbered: int
    named: str
    actions: Mapping[str, Action]


class Page(BaseModel):
    """A settings document: its fields by `setting`, its place by class arguments, its buttons by `@action`.

    Class arguments: `scope`, `area`, `permission`, `title`, `order` in the menu, `copyable` to other channels (by
    default every channel page is), `removable` where items of a list can be taken away, `numbered`, how many items a
    list has at most whose names are numbers from 1 on, so that a form can add one, `named`, the words of the button by
    which a form adds one whose name is typed, and `version`, which counts up when
    stored values must be turned into new ones; `upgrade` then does it, one step at a time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, ignored_types=(Action,))

    about: ClassVar[About]

    def __init_subclass__(
        cls,
        *,
        scope: Scope = Scope.SYSTEM,
        area: Area,
        permission: Permission,
        order: int = 100,
        version: int = 1,
        copyable: bool | None = None,
        removable: bool = False,
        numbered: int = 0,
        named: str = "",
        **rest: Any,
    ) -> None:
        super().__init_subclass__(**rest)
        found = [one for one in vars(cls).values() if isinstance(one, Action)]
        cls.about = About(
            name=re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower(),
            title=cls.__name__,
            scope=scope,
            area=area,
            permission=permission,
            order=order,
            version=version,
            copyable=scope is Scope.CHANNEL if copyable is None else copyable,
            removable=removable,
            numbered=numbered,
            named=named,
            actions={one.name: one for one in found},
        )

    @classmethod
    def __pydantic_init_subclass__(cls, **_arguments: Any) -> None:
        """The title arrives by the model's configuration, which is there only now."""
        cls.about = replace(cls.about, title=cls.model_config.get("title") or cls.__name__)

    @classmethod
    def upgrade(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        """Turn stored values of `version` into those of the next; called again until they are of today's."""
        del version
        return values

    @classmethod
    def prepare(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Turn what a caller gave into fields, before it is merged with what is stored and checked."""
        return dict(values)

    @classmethod
    def form_order(cls, names: Sequence[str]) -> Sequence[str]:
        """Give the names of all fields in the order in which a form shows them."""
        return names

    @classmethod
    def standing_items(cls) -> Mapping[str, str]:
        """Give the items of a list page that are always there, each with what is known of it for `item_title`."""
        return {}

    @classmethod
    def standing_values(cls, item: str) -> Mapping[str, Any]:
        """Give what is true of an item of which nothing is stored, beside the defaults."""
        del item
        return {}

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether a list page can have an item of this name."""
        if cls.about.numbered:
            return item.isascii() and item.isdigit() and item[0] != "0" and int(item) <= cls.about.numbered
        return not (standing := cls.standing_items()) or item in standing

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Give the words for an item in a list; `values` are those stored, if any, `known` what others say of it."""
        del values
        return known or item

    def with_values(self, **values: Any) -> Self:
        """Give a copy with other values, checked."""
        return type(self).model_validate({**dict(self), **values})


def field_title(page: type[Page], field: str) -> str:
    """The title of a field, or of the field that a dotted path begins with."""
    found = page.model_fields.get(field.partition(".")[0])
    return (found.title if found else None) or field


def system_owned(page: type[Page]) -> Sequence[str]:
    """The fields that an operating system looks after where there is one."""
    return [name for name, extra in _extras(page) if extra.get("x-system-owned")]


def told(page: type[Page]) -> Sequence[str]:
    """The fields that nobody sets."""
    return [name for name, extra in _extras(page) if extra.get("x-told")]


def lowering(page: type[Page]) -> Mapping[str, str]:
    """The fields of which less keeps less, with what is lost."""
    return {name: extra["x-lowering"] for name, extra in _extras(page) if "x-lowering" in extra}


def needing(page: type[Page], missing: frozenset[Capability]) -> Sequence[str]:
    """The fields that need one of these capabilities."""
    return [name for name, extra in _extras(page) if extra.get("x-needs") in {one.value for one in missing}]


def _extras(page: type[Page]) -> Sequence[tuple[str, dict[str, Any]]]:
    return [
        (name, found.json_schema_extra)
        for name, found in page.model_fields.items()
        if isinstance(found.json_schema_extra, dict)
    ]
