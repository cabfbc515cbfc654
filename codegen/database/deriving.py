"""Entities from tables, and notes of what none was made of."""

from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from codegen.database.catalogue import Table
from codegen.database.fields import entity_of
from codegen.database.foreign import Derived
from codegen.database.inventory import told
from codegen.database.keys import key_of
from codegen.database.looking import Looking
from codegen.database.names import Names
from codegen.database.relations import relate


def derive(tables: Sequence[Table], look: Callable[[Table], Looking], notes: Sequence[str] = ()) -> Derived:
    """Make an entity of every table whose rows can be told apart."""
    derived = Derived(notes=list(notes))
    names = Names()
    for table in tables:
        try:
            looking = look(table)
            key = key_of(table, looking)
            if key is None:
                derived.notes.append(f"{table.label} is left out: it has no key, and rows that are alike.")
            else:
                derived.entities.append(entity_of(table, key, looking, names, derived.notes))
        except SQLAlchemyError as error:
            derived.notes.append(f"{table.label} is left out: it cannot be read: {told(error)}.")
    relate(derived, look)
    return derived
