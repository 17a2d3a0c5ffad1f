"""Several machines share the work: procrastinate's queue on the history's own PostgreSQL."""
