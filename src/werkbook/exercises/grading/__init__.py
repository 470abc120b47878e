"""Grades submissions: each in a process of its own, its app asked, reported."""
