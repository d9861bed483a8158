"""Data to learn from.

- `dinosaurs`: the table of dinosaurs, and their names
- `texts`: the tales, larger texts that are fetched, and your own files
- `large_texts`: texts larger than memory, as files of ids
- `plain_text`: checks that a file is plain text
- `shipped`: the folders of the files that ship with the package
- `tasks`: recall, adding and the embedded Reber grammar, whose best possible scores are known
- `translation`: English sentences with their French translations
- `music`: chord progressions
"""
