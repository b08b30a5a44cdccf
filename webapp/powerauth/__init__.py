"""The PowerAuth protocol, versions 3.0 to 3.3, without input and output.

Bytes in, bytes out: this package opens no socket, reads no clock and draws no randomness of its own;
whoever calls it passes both in. Every step that changes what a client must remember takes an
`ActivationState` and returns the next one.
"""
