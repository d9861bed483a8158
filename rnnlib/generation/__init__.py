"""Writing: drawing symbols, searching for probable texts, and telling new from copied."""
