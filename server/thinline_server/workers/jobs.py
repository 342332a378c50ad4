"""The jobs that workers do, by name: the one registry, which only a worker imports.

A job is a function from bytes to bytes without effects. What it raises on purpose (`LocalError`) is told as REFUSED
with its sentence. Its libraries are loaded when a worker starts, so that they are warm; a server never loads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from thinline_server.mime.reading import mail_headers_job, mail_job
from thinline_server.pages.document import document_job
from thinline_server.pages.order import JOB as DOCUMENT
from thinline_server.pictures.develop import develop
from thinline_server.pictures.order import JOB as PICTURE

__all__ = ["JOBS", "Job"]

Job: TypeAlias = Callable[[bytes], bytes]

JOBS: Mapping[str, Job] = {
    "mail": mail_job,
    "mail headers": mail_headers_job,
    PICTURE: develop,
    DOCUMENT: document_job,
}
