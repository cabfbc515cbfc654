"""How many examples the laws of reading are held to: answers rest on them.

To make a world and to store it takes longer than to ask something of it. A law about worlds therefore asks each of
them several questions, every one of which is an example.
"""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st

Question = TypeVar("Question")
EXAMPLES = {"ci": 250, "thorough": 1_000}
PROFILE = settings.get_current_profile_name()
LAW = settings(max_examples=EXAMPLES.get(PROFILE, settings.get_profile(PROFILE).max_examples))
QUESTIONS = 5
LAW_OF_WORLDS = settings(max_examples=LAW.max_examples // QUESTIONS)


def several(one: st.SearchStrategy[Question]) -> st.SearchStrategy[Sequence[Question]]:
    """Give the questions that a world is asked."""
    return st.lists(one, min_size=QUESTIONS, max_size=QUESTIONS)
