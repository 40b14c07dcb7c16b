"""What a form needs to know of a kind's fields: declared beside each field, read by the studio, the docs
and the schema."""

from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec


class Form(msgspec.Struct, frozen=True):
    """How a field is edited. Stands in the ``Annotated[...]`` of the field.

    ``editor`` is one of: ``prompt`` (words per locale, a template), ``prompts`` (a ladder of them),
    ``template``, ``expression``, ``text``, ``variable`` (the name of one), ``number``, ``duration``
    (milliseconds), ``toggle``, ``choice`` (of ``options``), ``list`` (of a structure), ``texts`` (a list of
    texts), ``expressions`` (a map of expressions), ``templates`` (a map of templates), ``node``, ``flow``,
    ``type``.
    """

    label: str
    editor: str
    help: str = ""
    options: tuple[str, ...] = ()
    advanced: bool = False


class FieldSpec(msgspec.Struct, frozen=True):
    """One field of a kind, ready for a form. ``items`` are the fields of the structures in a list."""

    name: str
    label: str
    editor: str
    default: Any
    help: str = ""
    options: tuple[str, ...] = ()
    advanced: bool = False
    items: tuple["FieldSpec", ...] = ()


def form_of(structure: type[msgspec.Struct]) -> tuple[FieldSpec, ...]:
    """The fields of a structure that carry a `Form`, in their order."""
    hints = get_type_hints(structure, include_extras=True)
    specs = []
    for field in msgspec.structs.fields(structure):
        hint = hints[field.name]
        form = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Form)), None)
        if form is not None:
            specs.append(_spec(field, form, hint))
    return tuple(specs)


def _spec(field: msgspec.structs.FieldInfo, form: Form, hint: Any) -> FieldSpec:
    default = field.default
    if default is msgspec.NODEFAULT:
        default = None if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    return FieldSpec(
        field.encode_name,
        form.label,
        form.editor,
        default,
        form.help,
        form.options,
        form.advanced,
        _items(hint),
    )


def _items(hint: Any) -> tuple[FieldSpec, ...]:
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    for argument in get_args(inner):
        if isinstance(argument, type) and issubclass(argument, msgspec.Struct):
            return form_of(argument)
    return ()
