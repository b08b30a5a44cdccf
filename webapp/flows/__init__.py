"""What a person can do here, one use case per file. Joins protocol, backend and custody; knows no Flask."""
