"""The checks, a function per family; importing this package registers them all."""

from tests.vectors.checks import codes, ecies, headers, keys, primitives, signatures, status, tokens

__all__ = ["codes", "ecies", "headers", "keys", "primitives", "signatures", "status", "tokens"]
