"""Text: tokens, sentences, language, repair."""
