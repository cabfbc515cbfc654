"""PostgreSQL's advisory locks that the server takes, in one place so that no two purposes share a number."""

from enum import IntEnum, unique


@unique
class AdvisoryLock(IntEnum):
    """What a lock is for. Any numbers will do that no other software takes in the same database."""

    MIGRATION = 7_340_214_901
    SEEDING = 7_340_214_902
    RELAY = 7_340_214_903
