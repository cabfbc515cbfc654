import pytest
from redis.asyncio import Redis

from graphql_api.caching.redis_client import redis_client
from graphql_api.settings import SettingsError, load_settings
from graphql_api.settings.redis_url import number_of


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("redis://host", 0),
        ("redis://host/", 0),
        ("redis://:pass%23word@host:6379/3", 3),
        ("redis://[::1]:6379/2", 2),
        ("redis://host/1?db=4&db=5", 4),
        ("rediss://user:pw@host?ssl_cert_reqs=none&ssl_check_hostname=false", 0),
        ("unix:///run/redis.sock?db=5&password=pw", 5),
    ],
)
def test_what_is_allowed_is_what_the_client_reads(url: str, number: int) -> None:
    assert number_of(url) == number
    client = redis_client(url, cluster=False, connect_timeout=1, timeout=1)
    assert isinstance(client, Redis)
    assert client.connection_pool.connection_kwargs.get("db", 0) == number


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://host", "not of the form"),
        ("redis://", "not of the form"),
        ("redis://host:port", "not of the form"),
        ("redis://[::1", "not of the form"),
        ("redis://user:sesame#2@host", "percent-encoded"),
        ("redis://user:sesame?2@host", "percent-encoded"),
        ("redis://host#1", "not of the form"),
        ("unix://run/redis.sock", "not of the form"),
        ("redis://host:0", "between 1 and 65535"),
        ("redis://host:99999/0", "between 1 and 65535"),
        ("redis://host?db=first", "db cannot be that"),
        ("redis://host?db=1&db=x", "db cannot be that"),
        ("redis://host?sesame", "not key=value"),
        ("redis://host?socket_timeout=99", "only client_name, db, password, username can stand"),
        ("redis://host?ssl_cert_reqs=none", "only client_name, db, password, username can stand"),
        ("rediss://host?ssl_cert_reqs=maybe", "ssl_cert_reqs cannot be that"),
    ],
)
def test_an_impossible_address_stops_the_start_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"GRAPHQL_API_REDIS__URL": url})
    (fault,) = refused.value.faults
    assert fault.setting == "redis.url"
    assert reason in str(fault)
    assert "sesame" not in str(fault)


@pytest.mark.parametrize("url", ["redis://host/3", "redis://host?db=3"])
def test_a_cluster_has_no_numbered_databases(url: str) -> None:
    with pytest.raises(SettingsError, match=r"redis\.cluster: .* has to end in /0"):
        load_settings({"GRAPHQL_API_REDIS__URL": url, "GRAPHQL_API_REDIS__CLUSTER": "true"})
