"""The metadata is in pyproject.toml; here is what it cannot say: `sql/` is installed inside the package."""

from setuptools import find_namespace_packages, find_packages, setup

SQL = "sparkify_assets.sql"

setup(
    packages=[
        *find_packages(include=["sparkify_assets", "sparkify_assets.*"]),
        SQL,
        *(f"{SQL}.{folder}" for folder in find_namespace_packages("sql")),
    ],
    package_dir={SQL: "sql"},
    package_data={
        "": ["*.sql"],
        "sparkify_assets.instance": ["dagster.yaml"],
        "sparkify_assets.sample": ["words.toml"],
        "sparkify_assets.pages": ["*.html", "*.css", "*.js"],
    },
)
