"""The Thinline protocol: schemas, the specification's rules as pure code, bearers and the one driver.

Read `frames` for the vocabulary, `states` for the conversation, `link` for what one end of it does, `history`,
`items`, `merge` and `commands` for what must never be lost. Nothing here but `bearers` and `driver` touches a
socket, a clock or chance.
"""
