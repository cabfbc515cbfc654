"""Relations in both directions, and through link tables."""

from collections.abc import Callable, Sequence

from sqlalchemy import types

from codegen.database.catalogue import ForeignKey, Table
from codegen.database.foreign import Derived, ForeignEntity, ForeignField, ForeignRelation
from codegen.database.keys import KeyKind
from codegen.database.looking import Looking
from codegen.database.names import free_name, role_of
from codegen.naming import camel, pascal, words


def relate(derived: Derived, look: Callable[[Table], Looking]) -> None:
    """Lead from each entity to those that it refers to, back again, and across link tables."""
    by_place = {one.table.place: one for one in derived.entities}
    references: list[tuple[ForeignEntity, ForeignEntity, ForeignRelation]] = []
    for entity in derived.entities:
        for foreign in entity.table.foreign_keys:
            target = by_place.get((foreign.schema, foreign.table))
            reason = _unrelatable(foreign, target)
            if target is None or reason is not None:
                derived.notes.append(f"{entity.table.label}: its reference to {foreign.table} is left out: {reason}.")
                continue
            references.append((entity, target, _to_one(entity, target, foreign, look)))
    for entity, target, relation in references:
        _to_many(entity, target, relation)
    for entity in derived.entities:
        _across(entity, [(target, relation) for owner, target, relation in references if owner is entity])


def _unrelatable(foreign: ForeignKey, target: ForeignEntity | None) -> str | None:
    if target is None:
        return "that table is not there, or left out itself"
    referred = foreign.referred or target.table.key
    if target.key.kind is KeyKind.ROWID or set(referred) != set(target.key.columns):
        return f"it leads to {', '.join(referred) or 'rows'}, which is not the key that its rows are known by"
    return None


def _to_one(
    entity: ForeignEntity, target: ForeignEntity, foreign: ForeignKey, look: Callable[[Table], Looking]
) -> ForeignRelation:
    referred = foreign.referred or target.table.key
    by_referred = dict(zip(referred, foreign.columns, strict=True))
    columns = tuple(by_referred[one] for one in target.key.columns)
    base = role_of(foreign) if len(columns) == 1 else target.name
    name = free_name(base or target.name, entity.taken(), target.name, f"{base}_{target.name}", f"{base}_row")
    nullable = any(entity.table.columns[one].nullable for one in columns) or _dangles(
        columns, target, look(entity.table)
    )
    via = free_name(f"{name}_id", entity.taken() | {camel(name)}, f"{name}_reference")
    text = f"The {words(name)} of the {words(entity.name)}."
    entity.fields.append(
        ForeignField(
            via,
            f"{entity.type}{pascal(via)}",
            "UUID",
            nullable,
            text,
            target.key.reference(columns),
            target.type,
            columns=columns,
        )
    )
    relation = ForeignRelation(name, target.name, via, text, nullable=nullable)
    entity.relations.append(relation)
    return relation


def _dangles(columns: tuple[str, ...], target: ForeignEntity, looking: Looking) -> bool:
    """Tell whether something refers to a row that is not there, which SQLite allows, and MySQL where it is told to."""
    if not (looking.is_sqlite or looking.is_mysql):
        return False
    joined = " AND ".join(
        _equal(f"there.{looking.quoted(theirs)}", f"here.{looking.quoted(ours)}", looking, ours)
        for theirs, ours in zip(target.key.columns, columns, strict=True)
    )
    table = ".".join(looking.quoted(part) for part in target.table.place if part)
    rows = f"{looking.source} AS here LEFT JOIN {table} AS there ON {joined}"
    absent = f"there.{looking.quoted(target.key.columns[0])} IS NULL"
    # Joined: where MariaDB looks for what is not there, it takes what its own collation calls equal for the same.
    return bool(looking.connection.exec_driver_sql(f"SELECT count(*) FROM {rows} WHERE {absent}").scalar())  # noqa: S608  # names are quoted


def _equal(theirs: str, ours: str, looking: Looking, column: str) -> str:
    equal = f"{theirs} = {ours}"
    if not (looking.is_mysql and isinstance(looking.table.columns[column].type, types.String)):
        return equal
    # Its own collation may refer to `CH` by `ch`, whose identity is another one.
    return f"{equal} AND CAST({theirs} AS CHAR) = CAST({ours} AS CHAR)"


def _to_many(entity: ForeignEntity, target: ForeignEntity, relation: ForeignRelation) -> None:
    alone = sum(one.target == target.name and not one.many for one in entity.relations) == 1 and entity is not target
    by = f"{entity.plural}_by_{relation.name}"
    name = free_name(entity.plural if alone else by, target.taken(), by)
    text = f"The {entity.many} whose {words(relation.name)} it is."
    target.relations.append(ForeignRelation(name, entity.name, relation.via, text, many=True))


def _across(link: ForeignEntity, ends: Sequence[tuple[ForeignEntity, ForeignRelation]]) -> None:
    """Lead from one side of a link table to the other, where its key is two references."""
    referring = {column for foreign in link.table.foreign_keys for column in foreign.columns}
    if len(ends) != 2 or set(link.table.key) != referring or len(link.table.foreign_keys) != len(ends):
        return
    (first, to_first), (second, to_second) = ends
    for here, there, near, far in ((first, second, to_first, to_second), (second, first, to_second, to_first)):
        name = free_name(
            there.plural, here.taken(), f"{there.plural}_through_{link.plural}", f"{far.name}_{there.plural}"
        )
        text = f"The {there.many} that it has to do with, through {link.many}."
        here.relations.append(
            ForeignRelation(name, there.name, near.via, text, many=True, through=link.type, onward=far.via)
        )
