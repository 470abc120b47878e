"""Deployments tried for real: Ray, Redis, PostgreSQL. Run by `make test-deploy`."""
