"""A draft against the archive: quotations, figures, sentences and copied runs, with evidence."""
