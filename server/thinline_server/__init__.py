"""The always-connected server: a pure hub of links, a store, services, gateways, and the wiring that runs them.

Read `hub` and `session` for what it says and when, `requests` for what they ask of the store, `store` for how nothing
acknowledged is lost, `state` for what survives the loss of the store.
"""
