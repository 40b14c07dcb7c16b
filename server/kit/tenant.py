"""Tenants: every row of an organisation carries its id, and a database session sees one organisation only.

A session is bound to a tenant when it is made. ORM reads, updates and deletes are narrowed to it; inserts are
filled in and checked; everything that cannot be narrowed (text, table statements, raw connections) is refused
unless the statement says ``execution_options(unscoped="why")``. `tests/server/kit/test_tenant.py` tries every
way around it that we know.

The mark that tells a unit-of-work statement from a hand-made one (``compiled_cache`` among its options) is
internal to SQLAlchemy: hence the pin below 2.1, and that test.
"""

from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, Table, event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import TextClause


class Base(DeclarativeBase):
    """Every table. Whole numbers have 64 bits, because times are milliseconds."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger}


class OrgScoped:
    """A table whose rows belong to an organisation. Its foreign keys are composite: ``(organization_id,
    other_id)``."""

    organization_id: Mapped[str] = mapped_column(index=True)


class TenantRequired(RuntimeError):
    """A statement would have reached beyond one organisation, or none was said."""


class CrossTenantWrite(RuntimeError):
    """A row of another organisation would have been written."""


class _System:
    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM: Final = _System()
"""The tenant of `Database.system`: every organisation. Its call sites are listed and linted."""


class TenantSession(Session):
    """A session that belongs to ``info["tenant"]``."""


@event.listens_for(TenantSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    tenant = state.session.info.get("tenant")
    if tenant is SYSTEM:
        state.update_execution_options(tenant_checked=True)
        return
    if tenant is None:
        raise TenantRequired("This database session was made without an organisation.")
    if not state.is_orm_statement:
        if state.execution_options.get("unscoped"):
            return
        raise TenantRequired("Only ORM statements are narrowed to an organisation; this one is not.")
    state.update_execution_options(tenant_checked=True)
    if state.is_insert:
        _check_insert(state, tenant)
        return
    state.statement = state.statement.options(
        with_loader_criteria(
            OrgScoped,
            lambda row: row.organization_id == tenant,
            include_aliases=True,
            track_closure_variables=True,
            propagate_to_loaders=True,
        )
    )


def _check_insert(state: ORMExecuteState, tenant: str) -> None:
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, OrgScoped):
        return
    rows: Any = state.parameters
    if not rows:
        raise CrossTenantWrite("Give the rows of an insert as parameters, so that they can be checked.")
    for row in rows if isinstance(rows, list) else [rows]:
        if row.setdefault("organization_id", tenant) != tenant:
            raise CrossTenantWrite("A row for another organisation.")


@event.listens_for(TenantSession, "before_flush")
def _check_flush(session: Session, context: object, instances: object) -> None:
    tenant = session.info.get("tenant")
    if tenant is SYSTEM:
        return
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, OrgScoped):
            continue
        if tenant is None:
            raise TenantRequired("This database session was made without an organisation.")
        if row.organization_id is None:
            row.organization_id = tenant
        moved = inspect(row).attrs.organization_id.history.deleted  # type: ignore[union-attr]
        if row.organization_id != tenant or (moved and moved != (tenant,)):
            raise CrossTenantWrite("A row of another organisation.")


def guard_engine(engine: Engine) -> None:
    """Refuse statements on tenants' tables that came by no tenant-bound session."""
    event.listen(engine, "before_execute", _refuse)


def _refuse(
    connection: Connection,
    statement: Any,
    multiparams: Any,
    params: Any,
    options: dict[str, Any],
) -> None:
    if (
        options.get("tenant_checked")
        or options.get("unscoped")
        or isinstance(statement, ExecutableDDLElement)
    ):
        return
    if isinstance(statement, TextClause):
        raise TenantRequired('A text statement must say execution_options(unscoped="why").')
    if "compiled_cache" in options:
        return
    tables = {
        e.name for e in visitors.iterate(statement) if isinstance(e, Table) and "organization_id" in e.c
    }
    if tables:
        raise TenantRequired(f"A statement on {', '.join(sorted(tables))} that is bound to no organisation.")
