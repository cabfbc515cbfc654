"""The rule that CI skips nothing."""

import pytest

TESTS = """
    import pytest

    @pytest.fixture
    def shared_folder():
        pytest.skip("no folder")

    @pytest.fixture
    def npm():
        pytest.skip("no npm")

    @pytest.fixture
    def server():
        pytest.skip("no server")

    @pytest.mark.skip(reason="no time")
    def test_marked(): ...

    def test_by_fixture(server): ...

    def test_inside():
        pytest.skip("no idea")

    def test_permitted(shared_folder): ...

    def test_permitted_too(npm): ...

    @pytest.mark.xfail
    def test_expected_to_fail():
        assert False
"""


def run(pytester: pytest.Pytester) -> dict[str, int]:
    return pytester.runpytest_inprocess("-p", "tests.support.skips", "-p", "no:asyncio").parseoutcomes()


def test_outside_ci_a_skip_is_a_skip(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(TESTS)
    assert run(pytester) == {"skipped": 5, "xfailed": 1}


def test_in_ci_only_a_test_of_what_is_beside_the_checkout_is_skipped(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(TESTS)
    assert run(pytester) == {"failed": 1, "errors": 2, "skipped": 2, "xfailed": 1}


def test_in_ci_a_skipped_module_is_an_error(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile("import pytest; pytest.importorskip('a_module_that_does_not_exist')")
    assert run(pytester) == {"errors": 1}
