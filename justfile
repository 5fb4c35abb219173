# The habits of the house, a word each (https://just.systems; each line also works typed by hand).

# what a commit must pass
check:
    ruff format --check .
    ruff check .
    mypy

# the tests as the README names them
quick:
    python -m pytest

# every property with all its examples; before a release
full:
    python -m pytest --hypothesis-profile=full

# measurements, never part of the tests
bench *parts:
    python -m bench.run {{parts}}

# which lines the tests reach
coverage:
    python -m pytest --cov=portfolio --cov-report=term:skip-covered --cov-report=html

# the pictures of the documents, taken anew
pictures:
    python -m tests.browser.pictures docs/pictures

# the JSON schema of scenarios, the page of the Python API and those of the forms, made anew
schema:
    python -m portfolio.read.scenario.schema scenarios/scenario.schema.json
    python -m tools.api_page
    python -m tools.form_pages

# old tree and new tree, every command, every byte
same old new *options:
    python -m tools.same_outputs {{old}} {{new}} {{options}}
