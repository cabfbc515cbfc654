"""Patterns, and the words that come with the project."""

import pytest

from graphql_api.seeding.generation.chance import Chance
from graphql_api.seeding.generation.grammar import NAMES, Grammar, parse_rules, with_article
from graphql_api.seeding.generation.vocabulary import load_vocabulary

# What the generation itself puts into patterns.
GIVEN = {
    "artist", "bare_artist", "decade", "family", "forms", "genre", "given", "large", "number", "one", "opus", "other",
    "other_large", "surname", "the_artist", "work", "year",
}  # fmt: skip


def made_of(text: str) -> Grammar:
    return Grammar(parse_rules(text))


def test_entries_stand_between_slashes_and_line_ends_and_carry_weights() -> None:
    assert parse_rules("# Words.\n[colour]\nred / dark blue @3\ngreen\n\n[size]\nbig\n") == {
        "colour": [("red", 1), ("dark blue", 3), ("green", 1)],
        "size": [("big", 1)],
    }


def test_a_rule_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the rule colour is there twice"):
        parse_rules("[colour]\nred\n[colour]\nblue\n")


def test_slots_are_filled_by_their_rules_or_by_what_is_given() -> None:
    grammar = made_of("[title]\nThe {colour} {thing} of {place}\n[colour]\nRed\n[thing]\nDoor\n")
    assert grammar.expand("title", Chance(""), place="Cádiz") == "The Red Door of Cádiz"


def test_names_are_of_the_culture_that_the_text_is_made_for() -> None:
    grammar = made_of(
        "[band]\n{first} and {last}\n[english.first]\nNora\n[english.last]\nVance\n[french.first]\nOdile\n"
    )
    assert grammar.expand("band", Chance("")) == "Nora and Vance"
    assert grammar.expand("band", Chance(""), "french", last="Renard") == "Odile and Renard"


@pytest.mark.parametrize(("noun", "expected"), [("Anchor", "an Anchor"), ("River", "a River")])
def test_an_article_fits_its_noun(noun: str, expected: str) -> None:
    assert with_article(noun) == expected
    assert made_of(f"[title]\n{{noun!a}}\n[noun]\n{noun}\n").expand("title", Chance("")) == expected


def test_every_slot_of_the_bundled_patterns_can_be_filled() -> None:
    grammar = load_vocabulary().grammar
    unknown = {
        f"{rule}: {slot}" for rule, slot in grammar.slots() if slot not in grammar and slot not in {*GIVEN, *NAMES}
    }
    assert unknown == set()


def test_every_rule_and_culture_that_genres_and_countries_name_is_there() -> None:
    vocabulary = load_vocabulary()
    genres, countries = vocabulary.genres.items, vocabulary.countries.items
    rules = {
        *(rule for genre in genres for rule in (*genre.acts.items, genre.songs, genre.albums)),
        *(rule for native in vocabulary.natives.values() for rule in (native.acts, native.songs, native.albums)),
        *(rule for country in countries for rule in (country.address, country.companies)),
    }
    shares = [*(genre.cultures for genre in genres), *(country.cultures for country in countries)]
    cultures = {culture for share in shares for culture in share.items}
    named = rules | {f"{culture}.{name}" for culture in (*cultures, *vocabulary.natives) for name in NAMES}
    assert {rule for rule in named if rule not in vocabulary.grammar} == set()
