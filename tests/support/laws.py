"""How many examples the laws of reading are held to: answers rest on them, and each example is a world of its own."""

from hypothesis import settings

EXAMPLES = {"ci": 500, "thorough": 1_000}
PROFILE = settings.get_current_profile_name()
LAW = settings(max_examples=EXAMPLES.get(PROFILE, settings.get_profile(PROFILE).max_examples))
