"""Generations in files: vectors in FAISS, words in tantivy."""
