"""From candidates to an explained order."""
