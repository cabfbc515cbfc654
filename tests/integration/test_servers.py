"""The servers that integration tests stand on."""

import asyncpg
import pytest
import valkey

from tests.servers.postgres import PostgresServer


async def test_each_database_starts_empty_and_compares_text_by_code_point(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        assert await connection.fetch("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
        assert await connection.fetchval("SELECT 'a' > 'B'")
        assert await connection.fetchval("""SELECT lower('ÄÉΣ' COLLATE "C.utf8")""") == "äéσ"
    finally:
        await connection.close()


async def test_a_database_can_be_copied_from_a_template(postgres_server: PostgresServer) -> None:
    template = postgres_server.create_database()
    connection = await asyncpg.connect(template)
    await connection.execute("CREATE TABLE kept (id int)")
    await connection.close()

    copy = postgres_server.create_database(template=template.rpartition("/")[2])
    connection = await asyncpg.connect(copy)
    try:
        assert await connection.fetchval("SELECT count(*) FROM kept") == 0
    finally:
        await connection.close()
        postgres_server.drop_database(copy)
        postgres_server.drop_database(template)


async def test_a_dropped_database_is_gone_even_while_somebody_is_connected(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database()
    connection = await asyncpg.connect(url)
    postgres_server.drop_database(url)
    connection.terminate()
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)


@pytest.mark.parametrize("run", ["first", "second"])
def test_a_redis_database_holds_nothing_of_the_test_before(redis_url: str, run: str) -> None:
    with valkey.Valkey.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("key", run)
