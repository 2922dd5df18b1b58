"""Fixtures of every test. The part here gives the run a database; the people and things of the domain come from factories."""
