"""The reference of all settings in markdown, written from their declarations (requirement 8.3)."""

from graphql_api.settings.catalogue import (
    ANY_NAME,
    ENVIRONMENT_VARIABLE,
    PREFIX,
    SECRETS_VARIABLE,
    SETTINGS_VARIABLE,
    Setting,
    catalogue,
)
from graphql_api.settings.models import sections
from graphql_api.settings.sources import FILES

_INTRODUCTION = f"""\
# Configuration

<!-- Written by `graphql-api config docs --output docs/configuration.md` from graphql_api/settings. -->

Every setting has a default, so none has to be given. `graphql-api config show` lists the values in force and where each
came from. A wrong name or value stops the start, with one message that lists all of them.

## Where a value comes from

Each of these wins over the ones before it:

1. the default in the tables below;
2. `{FILES[SETTINGS_VARIABLE]}` in the working directory, or the file that `{SETTINGS_VARIABLE}` names:
   first its section `[default]`, then the section of the environment;
3. `{FILES[SECRETS_VARIABLE]}` in the working directory, or the file that `{SECRETS_VARIABLE}` names:
   the same sections, for what is not to be committed;
4. variables: `{PREFIX}`, the section, two underscores, the name.

`{ENVIRONMENT_VARIABLE}` chooses the environment. So these are the same:

```toml
[production.http]
port = 9000
```

```sh
export {ENVIRONMENT_VARIABLE}=production {PREFIX}HTTP__PORT=9000
```

Names may be in any case. A list setting is replaced as a whole, never joined. A value is taken as it stands: nothing in
it is expanded. Passwords and other secrets are masked wherever settings are printed.

Where a setting below has `{ANY_NAME}`, choose names of letters, digits and single underscores, as many as you like.
What the sources say under one name is put together, so that a secret may stand in the secrets file and the rest
elsewhere. With the name `reporting`, these are the same:

```toml
[default.auth.keys.reporting]
roles = ["staff"]
```

```sh
export {PREFIX}AUTH__KEYS__REPORTING__ROLES=staff
```
"""


_HEADING = ("| Setting | Variable | Allowed | Default | What it does |", "| --- | --- | --- | --- | --- |")


def generate_config_docs() -> str:
    """Write the reference as a markdown document, which depends on the declarations alone."""
    settings = catalogue().values()
    parts = [_INTRODUCTION, _section("environment", "Which settings apply.", [catalogue()["environment"]])]
    for name, section in sections().items():
        members = [setting for setting in settings if setting.path.startswith(f"{name}.")]
        parts.append(_section(name, section.__doc__ or "", members))
    return "\n".join(parts)


def _section(name: str, summary: str, settings: list[Setting]) -> str:
    rows = [_row(setting) for setting in settings]
    return "\n".join([f"## {name}", "", summary, "", *_HEADING, *rows, ""])


def _row(setting: Setting) -> str:
    section, _, name = setting.path.partition(".")
    cells = [
        f"`{name or section}`",
        f"`{setting.variable}`",
        setting.allowed,
        f"`{setting.default}`",
        setting.description,
    ]
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
