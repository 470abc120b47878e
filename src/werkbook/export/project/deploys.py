"""The clusters for which a project may have files besides."""

DEPLOYS = ("kubernetes", "ray")
