"""The HTTP interface: JSON under ``/v1``, errors as RFC 9457 problems."""
