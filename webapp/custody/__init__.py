"""Activations at rest: sealed under both halves, advanced by one holder at a time.

Nothing here knows Flask, the network or PINs. `docs/custody.md` tells what lies where.
"""
