"""Work on bytes that strangers sent, in processes that may die of it.

`pool.Pool` runs a job of `jobs` by name: bytes in, bytes out, within a deadline and within memory that is proportional
to the input. A mail or a picture made to kill its reader kills a worker; its job fails with a named cause
(`wire.WorkerError`), the worker is replaced, and nobody else notices. This package names nothing, because a worker
imports it too and is to stay small.
"""
